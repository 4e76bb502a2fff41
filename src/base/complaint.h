/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_COMPLAINT_H
#define BASE_COMPLAINT_H

/*
 * Every mistake of a file in one go, each with its place and, where it is known,
 * what was meant.  Lines and columns count from 1; columns count bytes.
 */

#include <stddef.h>

struct complaint {
	unsigned line;
	unsigned column;
	char *text;
};

struct complaints {
	char *file;
	struct complaint *rows;
	size_t count;
	size_t capacity;
};

enum {
	/* A file with more mistakes than this is of another kind, and a thousand lines would not say it better. */
	COMPLAINTS_MOST = 50
};

void complaints_init(struct complaints *complaints, const char *file);
void complaints_release(struct complaints *complaints);

/* The text is a full sentence without its place; what it quotes of the file is escaped by the caller. */
void complaints_add(struct complaints *complaints, unsigned line, unsigned column, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
