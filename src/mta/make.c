/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make.c - mail servers by their banners
 *
 * The first row that fits counts.  Courier greets with "ESMTP" alone, and names
 * itself in an extension of its own; qmail greets with the bare name and "ESMTP", and offers nothing
 * but PIPELINING and 8BITMIME, which others do, too: it is not guessed.
 */
#include "mta/make.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"

static const struct {
	const char *name;
	const char *title;
	const char *in_banner;          /* in lower case; NULL: not told by its banner */
	const char *in_hello;
} makes[] = {
	{ "postfix", "Postfix", "postfix", NULL },
	{ "exim", "Exim", " exim ", NULL },
	{ "opensmtpd", "OpenSMTPD", "opensmtpd", NULL },
	{ "sendmail", "sendmail", "sendmail", NULL },
	{ "sendmail", "sendmail", NULL, "pleased to meet you / enhancedstatuscodes / pipelining / expn" },
	{ "exchange", "Microsoft Exchange", "microsoft esmtp", NULL },
	{ "exchange", "Microsoft Exchange", "microsoft smtp", NULL },
	{ "courier", "Courier", "courier", "xverp=courier" },
	{ "haraka", "Haraka", "haraka", "haraka says" },
	{ "haraka", "Haraka", NULL, "haraka" },
	{ "domino", "HCL Domino", "domino", NULL },
	{ "chasquid", "chasquid", "chasquid", NULL },
	{ "qmail", "qmail", "qmail", NULL },
};

const char *make_guess(const char *banner, const char *hello)
{
	for (size_t i = 0; i < sizeof makes / sizeof *makes; i++) {
		if (banner != NULL && makes[i].in_banner != NULL && text_find_nocase(banner, makes[i].in_banner) != NULL)
			return makes[i].name;
		if (hello != NULL && makes[i].in_hello != NULL && text_find_nocase(hello, makes[i].in_hello) != NULL)
			return makes[i].name;
	}
	return NULL;
}

const char *make_title(const char *name)
{
	for (size_t i = 0; i < sizeof makes / sizeof *makes; i++)
		if (strcmp(makes[i].name, name) == 0)
			return makes[i].title;
	return name;
}
