/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xclient.c - another client's address, claimed
 */
#include "smtp/xclient.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "smtp/reply.h"

/* The words behind "XCLIENT" in the reply to EHLO; NULL where there is no such line. */
static const char *attributes_of(const struct reply *offer, size_t *len)
{
	const char *line = offer->text, *last = offer->text + offer->len;
	static const char keyword[] = "XCLIENT";

	while ((line = memchr(line, '\n', (size_t)(last - line))) != NULL) {
		line++;
		const char *end = memchr(line, '\n', (size_t)(last - line));
		size_t size = (size_t)((end ? end : last) - line);

		if (size < sizeof keyword - 1 || strncasecmp(line, keyword, sizeof keyword - 1) != 0)
			continue;
		if (size != sizeof keyword - 1 && line[sizeof keyword - 1] != ' ' && line[sizeof keyword - 1] != '=')
			continue;
		*len = size - (sizeof keyword - 1);
		return line + sizeof keyword - 1;
	}
	return NULL;
}

static bool has_word(const char *words, size_t len, const char *word)
{
	size_t size = strlen(word);

	for (size_t i = 0; i + size <= len; i++)
		if ((i == 0 || strchr(" =", words[i - 1]) != NULL) && strncasecmp(words + i, word, size) == 0 &&
		    (i + size == len || words[i + size] == ' '))
			return true;
	return false;
}

/* RFC 3461 4: what is not a plain character is "+" and two digits. */
static void add_xtext(struct buf *line, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte < '!' || byte > '~' || byte == '+' || byte == '=')
			buf_printf(line, "+%02X", byte);
		else
			buf_char(line, (char)byte);
	}
}

/* The name of "EHLO name"; NULL where there is none, or more than one word. */
static const char *name_in(const char *hello, size_t *len)
{
	const char *name = strchr(hello, ' ');

	if (name == NULL)
		return NULL;
	name++;
	*len = strcspn(name, "\r\n");
	return *len != 0 && *len <= 255 && memchr(name, ' ', *len) == NULL && strcmp(name + *len, "\r\n") == 0 ? name : NULL;
}

static void add_helo(struct buf *line, const char *hello, const char *own)
{
	size_t len = strlen(own), before = line->len;
	const char *name = hello ? name_in(hello, &len) : own;

	if (name == NULL)
		return;
	buf_text(line, " HELO=");
	add_xtext(line, name, len);
	/* Two long names in one line are more than it holds: the hello itself says this one as well. */
	if (line->cut || line->len + 2 > XCLIENT_LINE) {
		line->len = before;
		line->data[before] = '\0';
		line->cut = false;
	}
}

unsigned xclient_offered(const struct reply *offer)
{
	static const struct {
		const char *word;
		unsigned flag;
	} attributes[] = { { "ADDR", XCLIENT_ADDR }, { "NAME", XCLIENT_NAME }, { "HELO", XCLIENT_HELO } };
	size_t len = 0;
	const char *words = attributes_of(offer, &len);
	unsigned offered = words ? XCLIENT_OFFERED : 0;

	for (size_t i = 0; words != NULL && i < sizeof attributes / sizeof *attributes; i++)
		if (has_word(words, len, attributes[i].word))
			offered |= attributes[i].flag;
	return offered;
}

int xclient_compose(const struct xclient *claim, const char *hello, const char *own, unsigned offered, struct buf *line, struct err *err)
{
	if (offered == 0)
		return err_set(err, ERR_PROTO, "the server offers us no XCLIENT: %s", claim->advice);
	if ((offered & XCLIENT_ADDR) == 0)
		return err_set(err, ERR_PROTO, "the server's XCLIENT takes no address (ADDR)");
	buf_text(line, "XCLIENT");
	if ((offered & XCLIENT_NAME) != 0) {
		buf_text(line, " NAME=");
		if (claim->name != NULL)
			add_xtext(line, claim->name, strlen(claim->name));
		else
			buf_text(line, "[UNAVAILABLE]");
	}
	buf_printf(line, " ADDR=%s", claim->address);
	if ((offered & XCLIENT_HELO) != 0)
		add_helo(line, hello, own);
	buf_text(line, "\r\n");
	return 0;
}

bool xclient_is_denied(const struct xclient *claim, const struct reply *reply, struct err *err)
{
	struct buf said = BUF_INIT(160);

	/* 550 of Postfix: insufficient authorization.  The others: the command is not known, or not like this. */
	if (reply->code != 550 && (reply->code < 500 || reply->code > 504))
		return false;
	reply_print(reply, &said);
	err_set(err, ERR_PROTO, "XCLIENT is not granted to us (%s): %s", said.data, claim->advice);
	buf_release(&said);
	return true;
}
