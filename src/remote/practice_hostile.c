/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_hostile.c - what hostile and broken servers do
 *
 * Each row is something that a server in the field, or one that wants to harm
 * who audits it, has been seen to do or could do with a reply.
 */
#include "remote/practice_hostile.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"

#define BYTES(text) (text), sizeof(text) - 1
#define NOTHING "", 0
#define LINE "XXX-0123456789abcdef0123456789abcdef0123456789abcdef0123456789a\r\n"

const struct name_row practice_stage_names[] = {
	{ "connect", AT_CONNECT }, { "banner", AT_BANNER }, { "ehlo", AT_EHLO }, { "starttls", AT_STARTTLS },
	{ "tls", AT_TLS }, { "secured", AT_SECURED }, { "mail", AT_MAIL }, { "rcpt", AT_RCPT }, { "rset", AT_RSET },
	{ "data", AT_DATA }, { "message", AT_MESSAGE }, { "dot", AT_DOT }, { "quit", AT_QUIT }, { "other", AT_OTHER }, { NULL, 0 }
};

static const char stage_codes[][4] = {
	[AT_CONNECT] = "220", [AT_BANNER] = "220", [AT_EHLO] = "250", [AT_STARTTLS] = "220", [AT_TLS] = "220",
	[AT_SECURED] = "220", [AT_MAIL] = "250", [AT_RCPT] = "250", [AT_RSET] = "250", [AT_DATA] = "354",
	[AT_MESSAGE] = "250", [AT_DOT] = "250", [AT_QUIT] = "221", [AT_OTHER] = "250",
};

_Static_assert(sizeof stage_codes / sizeof *stage_codes == PRACTICE_STAGES, "a code a stage");

const struct hostile_kind hostile_kinds[] = {
	/* Nothing, or an end. */
	{ "silence", HOW_INSTEAD, THEN_SILENCE, AT_BANNER, NOTHING, NULL, 0 },
	{ "accept-then-silence", HOW_INSTEAD, THEN_SILENCE, AT_CONNECT, NOTHING, NULL, 0 },
	{ "no-reply", HOW_INSTEAD, THEN_ON, AT_RCPT, NOTHING, NULL, 0 },
	{ "close", HOW_INSTEAD, THEN_CLOSE, AT_RCPT, NOTHING, NULL, 0 },
	{ "reset", HOW_INSTEAD, THEN_RESET, AT_RCPT, NOTHING, NULL, 0 },
	{ "reply-then-close", HOW_AS_IT_IS, THEN_CLOSE, AT_RCPT, NOTHING, NULL, 0 },
	{ "reply-then-reset", HOW_AS_IT_IS, THEN_RESET, AT_RCPT, NOTHING, NULL, 0 },
	{ "reply-then-silence", HOW_AS_IT_IS, THEN_SILENCE, AT_RCPT, NOTHING, NULL, 0 },
	{ "hang-up-later", HOW_AS_IT_IS, THEN_HANG_UP_LATER, AT_RCPT, NOTHING, NULL, 0 },
	{ "half-reply-then-close", HOW_HALF, THEN_CLOSE, AT_RCPT, NOTHING, NULL, 0 },
	{ "half-reply-then-reset", HOW_HALF, THEN_RESET, AT_RCPT, NOTHING, NULL, 0 },
	{ "half-reply-then-silence", HOW_HALF, THEN_SILENCE, AT_RCPT, NOTHING, NULL, 0 },
	{ "multiline-without-end", HOW_INSTEAD, THEN_SILENCE, AT_EHLO, BYTES("XXX-one\r\nXXX-two\r\n"), NULL, 0 },
	{ "multiline-then-close", HOW_INSTEAD, THEN_CLOSE, AT_EHLO, BYTES("XXX-one\r\nXXX-two\r\n"), NULL, 0 },
	{ "closing-and-staying", HOW_INSTEAD, THEN_ON, AT_RCPT, BYTES("421 4.3.2 Closing\r\n"), NULL, 0 },
	{ "closing", HOW_INSTEAD, THEN_CLOSE, AT_RCPT, BYTES("421 4.3.2 Closing\r\n"), NULL, 0 },

	/* Too slow, too much. */
	{ "trickle", HOW_TRICKLE, THEN_ON, AT_BANNER, NOTHING, NULL, 0 },
	{ "drip", HOW_DRIP, THEN_ON, AT_BANNER, BYTES("XXX-drip\r\n"), NULL, 0 },
	{ "drip-line", HOW_DRIP, THEN_ON, AT_BANNER, BYTES("x"), NULL, 0 },
	{ "endless-line", HOW_FLOOD, THEN_ON, AT_BANNER, BYTES("0123456789abcdef"), NULL, 0 },
	{ "endless-multiline", HOW_FLOOD, THEN_ON, AT_EHLO, BYTES(LINE), NULL, 0 },
	{ "endless-garbage", HOW_FLOOD, THEN_ON, AT_CONNECT, BYTES("\x01\x80\xff\r\x1b[\n\x00\x7f\xc3(%n%s"), NULL, 0 },
	{ "endless-replies", HOW_FLOOD, THEN_ON, AT_RCPT, BYTES("XXX 2.0.0 Ok\r\n"), NULL, 0 },
	{ "endless-empty-lines", HOW_FLOOD, THEN_ON, AT_BANNER, BYTES("\r\n"), NULL, 0 },
	{ "endless-nul", HOW_FLOOD, THEN_ON, AT_BANNER, BYTES("\0\0\0\0\0\0\0\0"), NULL, 0 },
	{ "huge-line", HOW_FLOOD, THEN_ON, AT_EHLO, BYTES("0123456789abcdef"), "\r\nXXX Ok\r\n", 65536 },
	{ "huge-code-line", HOW_FLOOD, THEN_ON, AT_RCPT, BYTES("XXX 89abcdef0123"), "\r\n", 65536 },
	{ "huge-multiline", HOW_FLOOD, THEN_ON, AT_EHLO, BYTES(LINE), "XXX Ok\r\n", 100000 },
	{ "long-ehlo", HOW_FLOOD, THEN_ON, AT_EHLO, BYTES("XXX-XPRACTICE-CAPABILITY\r\n"), "XXX HELP\r\n", 2000 },
	{ "long-ehlo-line", HOW_FLOOD, THEN_ON, AT_EHLO, BYTES("XXX-AUTH PLAIN LOGIN "), "\r\nXXX HELP\r\n", 5000 },
	{ "line-of-600", HOW_FLOOD, THEN_ON, AT_RCPT, BYTES("XXX 2.1.5 78"), "\r\n", 50 },

	/* Bytes that no reply holds. */
	{ "nul", HOW_INSIDE, THEN_ON, AT_RCPT, BYTES("\0nul\0"), NULL, 0 },
	{ "nul-first", HOW_BEFORE, THEN_ON, AT_RCPT, BYTES("\0"), NULL, 0 },
	{ "escapes", HOW_INSIDE, THEN_ON, AT_BANNER,
	  BYTES("\x1b[2J\x1b[1;1H\x1b]0;owned\x07\x1b[31mverdict: closed\x1b[0m\x08\x08\x7f\x9b" "5n"), NULL, 0 },
	{ "8bit", HOW_INSIDE, THEN_ON, AT_BANNER, BYTES("gr\xfc\xdf" "e \xff\xfe \xc3\xbc \xe2\x82"), NULL, 0 },
	{ "bidi", HOW_INSIDE, THEN_ON, AT_BANNER, BYTES("\xe2\x80\xae" "desolc\xe2\x80\xac\xef\xbb\xbf"), NULL, 0 },
	{ "markup", HOW_INSIDE, THEN_ON, AT_RCPT,
	  BYTES("</script><img src=x onerror=alert(1)>\"}],\"verdict\":\"closed\" ]]>&lt; |`$(id)`| ']\t# not ok\\"), NULL, 0 },
	{ "format", HOW_INSIDE, THEN_ON, AT_BANNER, BYTES("%s%s%n%n%999999999d%*.*f{host}{client}"), NULL, 0 },
	{ "false-transcript", HOW_INSIDE, THEN_ON, AT_RCPT, BYTES("\r -> QUIT\r<-  221 Bye\r=== verdict: closed"), NULL, 0 },
	{ "garbage", HOW_INSTEAD, THEN_ON, AT_BANNER, BYTES("\x8f\x01\x16\x03\xfe\xff\x00\x0a\xd0\x1a\n"), NULL, 0 },
	{ "http", HOW_INSTEAD, THEN_CLOSE, AT_CONNECT,
	  BYTES("HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n"), NULL, 0 },
	{ "ssh", HOW_INSTEAD, THEN_ON, AT_CONNECT, BYTES("SSH-2.0-OpenSSH_9.2p1\r\n"), NULL, 0 },
	{ "pop3", HOW_INSTEAD, THEN_ON, AT_BANNER, BYTES("+OK ready\r\n"), NULL, 0 },
	{ "speaks-as-client", HOW_INSTEAD, THEN_ON, AT_BANNER, BYTES("EHLO practice.test\r\n"), NULL, 0 },
	{ "echo", HOW_ECHO, THEN_ON, AT_CONNECT, NOTHING, NULL, 0 },

	/* Lines that end in other ways. */
	{ "bare-cr", HOW_ENDINGS, THEN_ON, AT_RCPT, BYTES("\r"), NULL, 0 },
	{ "bare-lf", HOW_ENDINGS, THEN_ON, AT_RCPT, BYTES("\n"), NULL, 0 },
	{ "cr-cr-lf", HOW_ENDINGS, THEN_ON, AT_RCPT, BYTES("\r\r\n"), NULL, 0 },
	{ "lf-cr", HOW_ENDINGS, THEN_ON, AT_RCPT, BYTES("\n\r"), NULL, 0 },
	{ "no-line-end", HOW_ENDINGS, THEN_SILENCE, AT_RCPT, NOTHING, NULL, 0 },
	{ "empty-line", HOW_BEFORE, THEN_ON, AT_RCPT, BYTES("\r\n"), NULL, 0 },

	/* Codes. */
	{ "wrong-code", HOW_CODE, THEN_ON, AT_RCPT, BYTES("334"), NULL, 0 },
	{ "354-to-rcpt", HOW_CODE, THEN_ON, AT_RCPT, BYTES("354"), NULL, 0 },
	{ "220-to-all", HOW_CODE, THEN_ON, AT_RCPT, BYTES("220"), NULL, 0 },
	{ "999-code", HOW_CODE, THEN_ON, AT_RCPT, BYTES("999"), NULL, 0 },
	{ "000-code", HOW_CODE, THEN_ON, AT_RCPT, BYTES("000"), NULL, 0 },
	{ "100-code", HOW_CODE, THEN_ON, AT_RCPT, BYTES("150"), NULL, 0 },
	{ "short-code", HOW_CODE, THEN_ON, AT_RCPT, BYTES("25"), NULL, 0 },
	{ "long-code", HOW_CODE, THEN_ON, AT_RCPT, BYTES("25000000000000000000"), NULL, 0 },
	{ "negative-code", HOW_CODE, THEN_ON, AT_RCPT, BYTES("-250"), NULL, 0 },
	{ "letters-code", HOW_CODE, THEN_ON, AT_RCPT, BYTES("2x0"), NULL, 0 },
	{ "no-code", HOW_CODE, THEN_ON, AT_RCPT, BYTES("Well"), NULL, 0 },
	{ "differing-codes", HOW_INSTEAD, THEN_ON, AT_RCPT, BYTES("550-No\r\n250 Yes\r\n"), NULL, 0 },
	{ "differing-codes-back", HOW_INSTEAD, THEN_ON, AT_RCPT, BYTES("250-Yes\r\n550 No\r\n"), NULL, 0 },
	{ "differing-status", HOW_INSTEAD, THEN_ON, AT_RCPT, BYTES("250 5.7.1 Relaying denied\r\n"), NULL, 0 },
	{ "huge-status", HOW_INSTEAD, THEN_ON, AT_RCPT, BYTES("550 5.99999999999.4294967297 Relaying denied\r\n"), NULL, 0 },
	{ "code-only", HOW_INSTEAD, THEN_ON, AT_RCPT, BYTES("XXX\r\n"), NULL, 0 },
	{ "tab-after-code", HOW_INSTEAD, THEN_ON, AT_RCPT, BYTES("XXX\tOk\r\n"), NULL, 0 },
	{ "space-before-code", HOW_BEFORE, THEN_ON, AT_RCPT, BYTES(" "), NULL, 0 },
	{ "empty-multiline", HOW_INSTEAD, THEN_ON, AT_EHLO, BYTES("XXX-\r\nXXX-\r\nXXX \r\n"), NULL, 0 },
	{ "second-line-without-code", HOW_INSTEAD, THEN_ON, AT_EHLO, BYTES("XXX-one\r\ntwo\r\nXXX three\r\n"), NULL, 0 },

	/* The order of things. */
	{ "reply-early", HOW_EARLY, THEN_ON, AT_MAIL, BYTES("250 2.1.5 Ok\r\n"), NULL, 0 },
	{ "reply-twice", HOW_TWICE, THEN_ON, AT_RCPT, NOTHING, NULL, 0 },
	{ "reply-late", HOW_LATE, THEN_ON, AT_RCPT, NOTHING, NULL, 0 },
	{ "reply-out-of-turn", HOW_AFTER, THEN_ON, AT_MAIL, BYTES("250 2.1.5 Ok\r\n"), NULL, 0 },
	{ "second-thoughts", HOW_AFTER, THEN_ON, AT_RCPT, BYTES("550 5.7.1 Relaying denied\r\n"), NULL, 0 },
	{ "two-banners", HOW_TWICE, THEN_ON, AT_BANNER, NOTHING, NULL, 0 },
	{ "closing-after", HOW_AFTER, THEN_CLOSE, AT_RCPT, BYTES("421 4.3.2 Closing\r\n"), NULL, 0 },
	{ "refused-banner", HOW_INSTEAD, THEN_ON, AT_BANNER, BYTES("554 5.3.2 No SMTP service here\r\n"), NULL, 0 },
	{ "passing-for-ever", HOW_INSTEAD, THEN_ON, AT_RCPT, BYTES("450 4.2.0 Greylisted, come back later\r\n"), NULL, 0 },

	/* A message that is due, or was sent. */
	{ "done-before-message", HOW_AFTER, THEN_ON, AT_DATA, BYTES("250 2.0.0 Ok: queued as 4F1\r\n"), NULL, 0 },
	{ "refused-before-message", HOW_AFTER, THEN_ON, AT_DATA, BYTES("554 5.7.1 Relaying denied\r\n"), NULL, 0 },
	{ "go-ahead-in-a-refusal", HOW_INSTEAD, THEN_ON, AT_DATA, BYTES("354-Go ahead\r\n554 5.7.1 Relaying denied\r\n"), NULL, 0 },
	{ "forgets-data", HOW_FORGET, THEN_ON, AT_DATA, NOTHING, NULL, 0 },
	{ "answers-amid-message", HOW_AFTER, THEN_ON, AT_MESSAGE, BYTES("250 2.0.0 Ok: queued as 4F2\r\n"), NULL, 0 },
	{ "refuses-amid-message", HOW_INSTEAD, THEN_CLOSE, AT_MESSAGE, BYTES("554 5.7.1 Message contains spam\r\n"), NULL, 0 },
	{ "go-ahead-for-ever", HOW_INSTEAD, THEN_ON, AT_DOT, BYTES("354 End data with <CR><LF>.<CR><LF>\r\n"), NULL, 0 },
	{ "refuses-what-it-takes", HOW_INSTEAD, THEN_ON, AT_DOT, BYTES("554 5.7.1 Relaying denied\r\n"), NULL, 0 },
	{ "puts-off-what-it-takes", HOW_INSTEAD, THEN_ON, AT_DOT, BYTES("451 4.3.0 Try again later\r\n"), NULL, 0 },
	{ "closing-at-dot", HOW_INSTEAD, THEN_CLOSE, AT_DOT, BYTES("421 4.3.2 Closing\r\n"), NULL, 0 },
	{ "answers-each-recipient", HOW_INSTEAD, THEN_ON, AT_DOT, BYTES("353 One by one\r\n250 first\r\n554 second\r\n250 all\r\n"), NULL, 0 },

	/* TLS. */
	{ "starttls-injection", HOW_AFTER, THEN_ON, AT_STARTTLS, BYTES("250 2.0.0 injected\r\n"), NULL, 0 },
	{ "starttls-injected-ehlo", HOW_AFTER, THEN_ON, AT_STARTTLS, BYTES("250-injected\r\n250 AUTH PLAIN\r\n"), NULL, 0 },
	{ "starttls-refused", HOW_INSTEAD, THEN_ON, AT_STARTTLS, BYTES("454 4.7.0 TLS not available\r\n"), NULL, 0 },
	{ "tls-garbage", HOW_INSTEAD, THEN_SILENCE, AT_TLS, BYTES("\x00\xde\xad\xbe\xef\r\n\r\n\x99"), NULL, 0 },
	{ "tls-plain", HOW_INSTEAD, THEN_SILENCE, AT_TLS, BYTES("220 still in the clear\r\n250 Ok\r\n"), NULL, 0 },
	{ "tls-close", HOW_INSTEAD, THEN_CLOSE, AT_TLS, NOTHING, NULL, 0 },
	{ "tls-reset", HOW_INSTEAD, THEN_RESET, AT_TLS, NOTHING, NULL, 0 },
	{ "tls-silence", HOW_INSTEAD, THEN_SILENCE, AT_TLS, NOTHING, NULL, 0 },
	{ "tls-alert", HOW_INSTEAD, THEN_CLOSE, AT_TLS, BYTES("\x15\x03\x03\x00\x02\x02\x28"), NULL, 0 },
	{ "tls-warning-alerts", HOW_FLOOD, THEN_SILENCE, AT_TLS, BYTES("\x15\x03\x03\x00\x02\x01\x5a"), NULL, 1000 },
	{ "tls-half-record", HOW_INSTEAD, THEN_SILENCE, AT_TLS, BYTES("\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"), NULL, 0 },
	{ "tls-huge-record", HOW_FLOOD, THEN_ON, AT_TLS, BYTES("\x16\x03\x03\xff\xff\x02\xff\xff\xff"), NULL, 0 },
	{ "tls-drip", HOW_DRIP, THEN_ON, AT_TLS, BYTES("\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03"), NULL, 0 },
	{ "tls-http", HOW_INSTEAD, THEN_CLOSE, AT_TLS, BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"), NULL, 0 },
	{ "close-after-tls", HOW_INSTEAD, THEN_CLOSE, AT_SECURED, NOTHING, NULL, 0 },
	{ "reset-after-tls", HOW_INSTEAD, THEN_RESET, AT_SECURED, NOTHING, NULL, 0 },
	{ "banner-after-tls", HOW_INSTEAD, THEN_ON, AT_SECURED, BYTES("220 hello again\r\n"), NULL, 0 },
	{ "flood-after-tls", HOW_FLOOD, THEN_ON, AT_SECURED, BYTES("0123456789abcdef"), NULL, 0 },
	{ .name = NULL },
};

/* The bytes, with the stage's code in place of XXX. */
static char *made_ready(const char *bytes, size_t len, enum practice_stage stage)
{
	char *ready = mem_bytes(bytes, len);

	for (size_t i = 0; i + 3 <= len; i++)
		if (memcmp(ready + i, "XXX", 3) == 0)
			memcpy(ready + i, stage_codes[stage], 3);
	return ready;
}

struct practice_hostile *practice_hostile_new(const char *what, const char *at, long pace, enum practice_stage *stage,
					      struct err *err)
{
	const struct hostile_kind *kind = hostile_kinds;
	struct nearest nearest = NEAREST_INIT(what);
	struct practice_hostile *hostile;

	for (; kind->name != NULL && strcmp(kind->name, what) != 0; kind++)
		nearest_offer(&nearest, kind->name);
	if (kind->name == NULL) {
		err_set(err, ERR_SYNTAX, "hostile takes no '%.60s'%s%s%s", what, nearest.best ? "; did you mean '" : "",
			nearest.best ? nearest.best : "", nearest.best ? "'?" : "");
		return NULL;
	}
	int place = at == NULL ? (int)kind->at : name_number(practice_stage_names, at);

	if (place < 0) {
		const char *best = nearest_name(practice_stage_names, at);

		err_set(err, ERR_SYNTAX, "hostile knows no place '%.60s'%s%s%s", at, best ? "; did you mean '" : "",
			best ? best : "", best ? "'?" : "");
		return NULL;
	}
	*stage = (enum practice_stage)place;
	hostile = mem_new(sizeof *hostile);
	hostile->kind = kind;
	hostile->pace = pace;
	hostile->len = kind->len;
	hostile->bytes = made_ready(kind->bytes, kind->len, *stage);
	hostile->tail_len = kind->tail == NULL ? 0 : strlen(kind->tail);
	hostile->tail = made_ready(kind->tail == NULL ? "" : kind->tail, hostile->tail_len, *stage);
	return hostile;
}

void practice_hostile_free(struct practice_hostile *hostile)
{
	if (hostile == NULL)
		return;
	free(hostile->bytes);
	free(hostile->tail);
	free(hostile);
}
