/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PRACTICE_PATH_H
#define REMOTE_PRACTICE_PATH_H

/*
 * A path as servers find it in what follows "MAIL FROM:" or "RCPT TO:": between
 * brackets, one pair or more, or without brackets up to the first blank.
 */

#include <stdbool.h>
#include <stddef.h>

struct practice_path {
	const char *text;       /* without brackets; a piece of the line, as is `rest` */
	size_t len;
	const char *rest;       /* what follows it */
	size_t rest_len;
};

/* False when a bracket is not closed, or nothing is there. */
bool practice_path_find(const char *text, size_t len, struct practice_path *path);

/* Whether there is nothing but parameters: " KEYWORD" or " KEYWORD=value", as many as there are. */
bool practice_path_parameters(const char *text, size_t len);

#endif
