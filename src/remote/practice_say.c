/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_say.c - replies in the rules' words
 */
#include "remote/practice_session.h"

#include <string.h>

/* An address of the client's, given back to it: cut where it is too long for a line, and without controls. */
static void add_address(struct buf *out, const char *address, size_t len)
{
	char shown[256];

	if (len > sizeof shown)
		len = sizeof shown;
	for (size_t i = 0; i < len; i++)
		shown[i] = (unsigned char)address[i] < ' ' || address[i] == 127 ? '?' : address[i];
	buf_add(out, shown, len);
}

static void add_named(struct practice_session *session, const char *name, size_t name_len, const char *address, size_t len)
{
	struct buf *out = &session->practice->out;
	char client[ADDRESS_TEXT];

	if (name_len == 4 && memcmp(name, "name", 4) == 0) {
		buf_text(out, session->practice->rules->name);
	} else if ((name_len == 7 && memcmp(name, "address", 7) == 0) || (name_len == 4 && memcmp(name, "helo", 4) == 0)) {
		add_address(out, address, len);
	} else if (name_len == 6 && memcmp(name, "client", 6) == 0) {
		address_print(&session->asker.client, client);
		buf_text(out, client);
	} else if (name_len == 2 && memcmp(name, "id", 2) == 0) {
		buf_printf(out, "4F%08zX", session->practice->counts.messages);
	}
}

void practice_say_text(struct practice_session *session, const char *text, const char *address, size_t len)
{
	struct buf *out = &session->practice->out;

	for (;;) {
		size_t plain = strcspn(text, "{\n");
		const char *end;

		buf_add(out, text, plain);
		text += plain;
		if (*text == '\0')
			return;
		end = *text == '{' ? strchr(text, '}') : NULL;
		if (end != NULL) {
			add_named(session, text + 1, (size_t)(end - text - 1), address, len);
			text = end + 1;
		} else if (*text++ == '\n') {
			buf_add(out, "\r\n", 2);
		} else {
			buf_char(out, '{');
		}
	}
}

void practice_say(struct practice_session *session, enum practice_text text, const char *address, size_t len)
{
	const char *words = session->practice->rules->texts[text];

	if (words == NULL)
		words = practice_styles->texts[text];
	practice_say_text(session, words, address, len);
	buf_add(&session->practice->out, "\r\n", 2);
}

void practice_cut_off(struct practice_session *session, enum practice_text text)
{
	practice_say(session, text, "", 0);
	session->practice->counts.limited++;
	session->then = NEXT_CLOSE;
}

void practice_unsay(struct practice_session *session, size_t mark)
{
	struct buf *out = &session->practice->out;

	if (out->len > mark) {
		out->len = mark;
		out->data[mark] = '\0';
	}
}
