/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capability.c - EHLO keywords
 *
 * "AUTH=LOGIN" is the spelling of servers older than RFC 2554 and is read as AUTH.
 */
#include "smtp/capability.h"

#include <string.h>
#include <strings.h>

#include "base/names.h"
#include "smtp/reply.h"

static const struct name_row keywords[] = {
	{ "PIPELINING", CAP_PIPELINING },
	{ "STARTTLS", CAP_STARTTLS },
	{ "AUTH", CAP_AUTH },
	{ "SIZE", CAP_SIZE },
	{ "8BITMIME", CAP_8BITMIME },
	{ "DSN", CAP_DSN },
	{ "SMTPUTF8", CAP_SMTPUTF8 },
	{ "CHUNKING", CAP_CHUNKING },
	{ "BINARYMIME", CAP_BINARYMIME },
	{ "ENHANCEDSTATUSCODES", CAP_ENHANCEDSTATUSCODES },
	{ "REQUIRETLS", CAP_REQUIRETLS },
	{ "MT-PRIORITY", CAP_MT_PRIORITY },
	{ "XCLIENT", CAP_XCLIENT },
	{ "XFORWARD", CAP_XFORWARD },
	{ "ETRN", CAP_ETRN },
	{ "VRFY", CAP_VRFY },
	{ "EXPN", CAP_EXPN },
	{ "HELP", CAP_HELP },
	{ "BURL", CAP_BURL },
	{ "DELIVERBY", CAP_DELIVERBY },
	{ NULL, 0 },
};

static unsigned flag_of(const char *word, size_t len)
{
	for (const struct name_row *row = keywords; row->name != NULL; row++)
		if (strlen(row->name) == len && strncasecmp(row->name, word, len) == 0)
			return (unsigned)row->number;
	return 0;
}

unsigned capability_parse(const struct reply *reply)
{
	const char *line = reply->text, *last = reply->text + reply->len;
	unsigned flags = 0;

	/* The text may hold NUL, which ends no line. */
	while ((line = memchr(line, '\n', (size_t)(last - line))) != NULL) {
		line++;
		flags |= flag_of(line, strcspn(line, " =\n"));
	}
	return flags;
}

unsigned capability_flag(const char *keyword)
{
	int number = name_number(keywords, keyword);

	return number < 0 ? 0 : (unsigned)number;
}

const char *capability_at(size_t index, unsigned *flag)
{
	if (index >= sizeof keywords / sizeof *keywords || keywords[index].name == NULL)
		return NULL;
	*flag = (unsigned)keywords[index].number;
	return keywords[index].name;
}
