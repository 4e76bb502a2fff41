/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_imap_session.c - sessions with servers that follow a table, friendly and not
 */
#include "remote/imap_session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/desk.h"
#include "net/http.h"

/* What is answered to a command that begins so; "@" at the start of a line is its tag.  The first that fits is taken. */
struct answer {
	const char *command, *says;
};

#define GREETING "* OK ready\r\n"
#define LOGIN \
	{ "CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n@ OK\r\n" }, \
	{ "AUTHENTICATE PLAIN AG1lAHMzY3JldA==", "@ OK in\r\n" }
#define EXAMINE { "EXAMINE \"INBOX\"", "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 40] y\r\n@ OK [READ-ONLY]\r\n" }
#define NOOP { "NOOP", "@ OK\r\n" }

struct scene {
	struct event_base *base;
	struct http *http;
	struct desk desk;
	const struct answer *answers;
	struct imap_session *session;
	uint32_t next, validity;
	unsigned examined, looked, failed;
	struct buf told;
	struct err err;
	bool closes, closes_failed;
};

static void reply(struct caller *caller, const char *tag, int tag_len, const char *says)
{
	struct buf text = BUF_OWN;

	for (const char *at = says; *at != '\0'; at++)
		if (*at == '@' && (at == says || at[-1] == '\n'))
			buf_add(&text, tag, (size_t)tag_len);
		else
			buf_char(&text, *at);
	caller_say(caller, text.data);
	buf_release(&text);
}

static void on_line(struct caller *caller, const char *line)
{
	const struct scene *scene = caller->desk->context;
	const char *command = strchr(line, ' ');

	if (command == NULL)
		return;
	for (const struct answer *answer = scene->answers; answer->command != NULL; answer++)
		if (strncmp(command + 1, answer->command, strlen(answer->command)) == 0) {
			reply(caller, line, (int)(command - line), answer->says);
			return;
		}
	fail_msg("the server knows no answer to %s", line);
}

static void on_heard(struct caller *caller)
{
	const char *end;

	if (caller->step++ == 0)
		caller_say(caller, GREETING);
	while ((end = memchr(caller->got.data + caller->heard, '\n', caller->got.len - caller->heard)) != NULL) {
		char *line = mem_bytes(caller->got.data + caller->heard, (size_t)(end - caller->got.data) - caller->heard);

		caller->heard = (size_t)(end - caller->got.data) + 1;
		on_line(caller, line);
		free(line);
	}
}

static void leave(struct scene *scene)
{
	imap_session_close(scene->session);
	scene->session = NULL;
}

static void on_examined(void *context, uint32_t next, uint32_t validity)
{
	struct scene *scene = context;

	scene->examined++;
	scene->next = next;
	scene->validity = validity;
	if (scene->closes)
		leave(scene);
	else
		imap_session_look(scene->session, next);
}

static void on_message(void *context, const struct imap_message *message)
{
	struct scene *scene = context;

	buf_printf(&scene->told, "%u %.*s|%.*s\n", (unsigned)message->uid, (int)message->header_len, message->header,
		   (int)message->text_len, message->text != NULL ? message->text : "");
	if (scene->closes)
		leave(scene);
}

static void on_looked(void *context)
{
	struct scene *scene = context;

	scene->looked++;
}

static void on_failed(void *context, const struct err *err)
{
	struct scene *scene = context;

	scene->failed++;
	scene->err = *err;
	if (scene->closes_failed)
		leave(scene);
}

static const struct imap_events events = { on_examined, on_message, on_looked, on_failed };

/* A server without TLS on loopback, unless that is demanded. */
static struct scene *scene_new(const struct answer *answers, bool starttls)
{
	struct scene *scene = mem_new(sizeof *scene);
	struct err err = ERR_INIT;
	char *url;

	scene->base = event_base_new();
	scene->http = http_new(scene->base, &err);
	scene->answers = answers;
	buf_init(&scene->told, 1 << 20);
	desk_open(&scene->desk, scene->base, NULL, 0);
	scene->desk.heard = on_heard;
	scene->desk.context = scene;
	url = mem_printf("imap://127.0.0.1:%u/", scene->desk.port);

	struct http_peer peer = {
		.url = url,
		.protocols = "imap,imaps",
		.user = "me",
		.password = "s3cret",
		.starttls = starttls,
		.connect_timeout = 30 * CLOCK_S,
		.timeout = 30 * CLOCK_S,
	};

	scene->session = imap_session_open(scene->base, scene->http, &peer, "INBOX", &events, scene, &err);
	assert_string_equal(err.text, "");
	free(url);
	return scene;
}

static void scene_free(struct scene *scene)
{
	leave(scene);
	http_free(scene->http);
	desk_close(&scene->desk);
	event_base_free(scene->base);
	buf_release(&scene->told);
	free(scene);
}

static void test_session_tells_new_messages_in_order(void **state)
{
	static const struct answer answers[] = {
		LOGIN, EXAMINE, NOOP,
		{ "UID SEARCH UID 40:*", "* SEARCH 39 42 40\r\n* SEARCH 41\r\n@ OK\r\n" },
		{ "UID FETCH 40 ", "* 9 FETCH (UID 3 BODY[HEADER] {2}\r\nno)\r\n* 4 FETCH (UID 40 BODY[HEADER]<0> {3}\r\nA:b BODY[TEXT]<0> {2}\r\nhi)\r\n@ OK\r\n" },
		{ "UID FETCH 41 ", "@ OK it is gone\r\n" },
		{ "UID FETCH 42 ", "* 6 FETCH (BODY[HEADER]<0> \"C:d\" UID 42)\r\n* 6 FETCH (FLAGS () UID 42)\r\n@ OK\r\n" },
		{ NULL, NULL },
	};
	struct scene *scene = scene_new(answers, false);

	(void)state;
	DESK_UNTIL(&scene->desk, scene->looked || scene->failed);
	assert_string_equal(scene->err.text, "");
	assert_int_equal(scene->next, 40);
	assert_int_equal(scene->validity, 7);
	assert_string_equal(scene->told.data, "40 A:b|hi\n42 C:d|\n");
	assert_true(caller_has_said(&scene->desk.callers[0], "UID FETCH 40 (UID BODY.PEEK[HEADER]<0.65536> BODY.PEEK[TEXT]<0.16384>)\r\n"));
	assert_false(caller_has_said(&scene->desk.callers[0], "SELECT"));
	scene_free(scene);
}

static void test_session_finds_the_next_number_itself(void **state)
{
	static const struct answer silent[] = {
		LOGIN, NOOP,
		{ "EXAMINE", "* OK [UIDVALIDITY 7] x\r\n@ OK\r\n" },
		{ "UID SEARCH *", "* SEARCH 17\r\n@ OK\r\n" },
		{ "UID SEARCH UID 18:*", "* SEARCH 17\r\n@ OK\r\n" },
		{ NULL, NULL },
	};
	static const struct answer empty[] = {
		LOGIN, NOOP,
		{ "EXAMINE", "@ OK\r\n" },
		{ "UID SEARCH *", "@ BAD there is none\r\n" },
		{ "UID SEARCH UID 1:*", "* SEARCH\r\n@ OK\r\n" },
		{ NULL, NULL },
	};
	const struct answer *const servers[] = { silent, empty };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct scene *scene = scene_new(servers[i], false);

		DESK_UNTIL(&scene->desk, scene->looked || scene->failed);
		assert_string_equal(scene->err.text, "");
		assert_int_equal(scene->next, i == 0 ? 18 : 1);
		assert_string_equal(scene->told.data, "");
		scene_free(scene);
	}
}

static void test_session_looks_at_the_newest_of_a_crowd(void **state)
{
	struct buf found = BUF_OWN;
	struct answer answers[] = {
		LOGIN, EXAMINE, NOOP,
		{ "UID SEARCH", NULL },
		{ "UID FETCH", "@ OK gone\r\n" },
		{ NULL, NULL },
	};
	struct scene *scene;

	(void)state;
	buf_text(&found, "* SEARCH");
	for (int uid = 40; uid < 40 + IMAP_MESSAGES_MOST + 5; uid++)
		buf_printf(&found, " %d", uid);
	buf_text(&found, "\r\n@ OK\r\n");
	answers[4].says = found.data;
	scene = scene_new(answers, false);
	DESK_UNTIL(&scene->desk, scene->looked || scene->failed);
	assert_string_equal(scene->err.text, "");
	assert_false(caller_has_said(&scene->desk.callers[0], "UID FETCH 44 "));
	assert_true(caller_has_said(&scene->desk.callers[0], "UID FETCH 45 "));
	assert_true(caller_has_said(&scene->desk.callers[0], "UID FETCH 1044 "));
	scene_free(scene);
	buf_release(&found);
}

#define BROKEN(name, command, says, kind, text) { name, { LOGIN, { command, says }, EXAMINE, NOOP, { "UID", "@ OK\r\n" }, { NULL, NULL } }, kind, text }

static const struct {
	const char *name;
	struct answer answers[8];
	enum err_kind kind;
	const char *text;
} broken[] = {
	BROKEN("no such mailbox", "EXAMINE", "@ NO there is none\r\n", ERR_USAGE, "does not open a mailbox of this name"),
	BROKEN("a farewell", "NOOP", "* BYE\r\n", ERR_NET, "ends the session (at NOOP)"),
	BROKEN("another's tag", "NOOP", "x9 OK\r\n", ERR_PROTO, "answers what was not asked"),
	BROKEN("an answer too many", "UID SEARCH", "@ OK\r\n@ OK\r\n", ERR_PROTO, "answers what was not asked"),
	BROKEN("a refusal", "UID SEARCH", "@ BAD what\r\n", ERR_PROTO, "refuses a command (at UID SEARCH)"),
	BROKEN("another protocol", "NOOP", "\r\n", ERR_PROTO, "says what is not IMAP"),
	BROKEN("a message that is none", "NOOP", "* 1 FETCH (UID 0)\r\n@ OK\r\n", ERR_PROTO, "says what is not IMAP"),
	BROKEN("a literal without end", "NOOP", "* 1 FETCH (A {999999}\r\n", ERR_LIMIT, "says more at once"),
};

static void test_session_ends_with_a_broken_server(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		for (int closes = 0; closes < 2; closes++) {
			struct scene *scene = scene_new(broken[i].answers, false);

			scene->closes_failed = closes != 0;
			DESK_UNTIL(&scene->desk, scene->failed);
			if (scene->err.kind != broken[i].kind || strstr(scene->err.text, broken[i].text) == NULL)
				fail_msg("%s: %s", broken[i].name, scene->err.text);
			assert_int_equal(scene->failed, 1);
			scene_free(scene);
		}
}

static void test_session_tells_a_refused_login(void **state)
{
	static const struct answer answers[] = {
		{ "CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n@ OK\r\n" },
		{ "AUTHENTICATE", "@ NO never\r\n" },
		{ NULL, NULL },
	};
	struct scene *scene = scene_new(answers, false);

	(void)state;
	DESK_UNTIL(&scene->desk, scene->failed);
	assert_int_equal(scene->err.kind, ERR_USAGE);
	assert_non_null(strstr(scene->err.text, "it refused the user or the password"));
	assert_null(strstr(scene->err.text, "s3cret"));
	scene_free(scene);
}

static void test_session_sends_no_password_in_clear(void **state)
{
	static const struct answer answers[] = {
		{ "CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n@ OK\r\n" },
		{ "STARTTLS", "@ BAD no\r\n" },
		{ NULL, NULL },
	};
	struct scene *scene = scene_new(answers, true);

	(void)state;
	DESK_UNTIL(&scene->desk, scene->failed);
	assert_int_equal(scene->err.kind, ERR_TLS);
	assert_non_null(strstr(scene->err.text, "without it no password is sent"));
	assert_false(caller_has_said(&scene->desk.callers[0], "AUTHENTICATE"));
	scene_free(scene);
}

static void test_session_may_be_closed_from_its_callbacks(void **state)
{
	static const struct answer answers[] = { LOGIN, EXAMINE, { NULL, NULL } };
	struct scene *scene = scene_new(answers, false);

	(void)state;
	scene->closes = true;
	DESK_UNTIL(&scene->desk, scene->examined);
	assert_null(scene->session);
	/* The server sees the end, and hears no LOGOUT that nobody would wait for. */
	DESK_UNTIL(&scene->desk, scene->desk.callers[0].stream == NULL);
	assert_false(caller_has_said(&scene->desk.callers[0], "LOGOUT"));
	scene_free(scene);
	/* And before anything came. */
	scene_free(scene_new(answers, false));
}

static void test_session_refuses_a_name_that_is_none(void **state)
{
	struct event_base *base = event_base_new();
	struct err err = ERR_INIT;
	struct http *http = http_new(base, &err);
	struct http_peer peer = { .url = "imap://127.0.0.1:1/", .protocols = "imap" };

	(void)state;
	assert_null(imap_session_open(base, http, &peer, "a\r\nb", &events, NULL, &err));
	assert_int_equal(err.kind, ERR_USAGE);
	http_free(http);
	event_base_free(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_session_tells_new_messages_in_order),
		cmocka_unit_test(test_session_finds_the_next_number_itself),
		cmocka_unit_test(test_session_looks_at_the_newest_of_a_crowd),
		cmocka_unit_test(test_session_ends_with_a_broken_server),
		cmocka_unit_test(test_session_tells_a_refused_login),
		cmocka_unit_test(test_session_sends_no_password_in_clear),
		cmocka_unit_test(test_session_may_be_closed_from_its_callbacks),
		cmocka_unit_test(test_session_refuses_a_name_that_is_none),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("imap_session", tests, NULL, NULL);
}
