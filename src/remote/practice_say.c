/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_say.c - replies in the rules' words
 */
#include "remote/practice_session.h"

#include <stdio.h>
#include <string.h>

/* An address of the client's, given back to it: cut where it is too long for a line, and without controls. */
enum { SAY_SHOWN = 256 };

static void show_address(char shown[SAY_SHOWN + 1], const char *address, size_t len)
{
	if (len > SAY_SHOWN)
		len = SAY_SHOWN;
	for (size_t i = 0; i < len; i++)
		shown[i] = (unsigned char)address[i] < ' ' || address[i] == 127 ? '?' : address[i];
	shown[len] = '\0';
}

void practice_message_id(const struct practice_session *session, char id[24])
{
	snprintf(id, 24, "4F%08zX", session->practice->counts.messages);
}

static void add_word(struct buf *to, const char *name, size_t len, const struct practice_word *words)
{
	for (; words->name != NULL; words++)
		if (strncmp(words->name, name, len) == 0 && words->name[len] == '\0')
			buf_text(to, words->text);
}

void practice_fill(struct buf *to, const char *text, const struct practice_word *words)
{
	for (;;) {
		size_t plain = strcspn(text, "{\n");
		const char *end;

		buf_add(to, text, plain);
		text += plain;
		if (*text == '\0')
			return;
		end = *text == '{' ? strchr(text, '}') : NULL;
		if (end != NULL) {
			add_word(to, text + 1, (size_t)(end - text - 1), words);
			text = end + 1;
		} else if (*text++ == '\n') {
			buf_add(to, "\r\n", 2);
		} else {
			buf_char(to, '{');
		}
	}
}

void practice_say_text(struct practice_session *session, const char *text, const char *address, size_t len)
{
	char client[ADDRESS_TEXT], id[24], shown[SAY_SHOWN + 1];
	struct practice_word words[] = { { "name", session->practice->rules->name },
					 { "address", shown },
					 { "helo", shown },
					 { "client", client },
					 { "id", id },
					 { NULL, NULL } };

	show_address(shown, address, len);
	address_print(&session->asker.client, client);
	practice_message_id(session, id);
	practice_fill(&session->practice->out, text, words);
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
