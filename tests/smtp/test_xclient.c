/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_xclient.c - claims, word by word, and in sessions with a server that is a shell script
 */
#include "smtp/xclient.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/child.h"
#include "smtp/reply.h"
#include "smtp/session.h"
#include "smtp/transcript.h"

static const struct xclient nameless = { "203.0.113.9", NULL, "grant it" };
static const struct xclient named = { "IPV6:2001:db8::9", "c.example.net", "grant it" };

static void read_one(struct reply_reader *reader, const char *raw, struct reply *reply)
{
	size_t used;

	reply_reader_init(reader);
	assert_int_equal(reply_read(reader, raw, strlen(raw), &used, reply), REPLY_READY);
}

static void test_a_claim_says_what_is_offered(void **state)
{
	static const struct {
		const struct xclient *claim;
		const char *hello;
		const char *offer;
		const char *line;       /* or what is wrong */
	} rows[] = {
		{ &nameless, NULL, "250-h\r\n250 XCLIENT NAME ADDR PROTO HELO\r\n", "XCLIENT NAME=[UNAVAILABLE] ADDR=203.0.113.9 HELO=own.test\r\n" },
		{ &named, NULL, "250-h\r\n250-XCLIENT NAME ADDR\r\n250 DSN\r\n", "XCLIENT NAME=c.example.net ADDR=IPV6:2001:db8::9\r\n" },
		{ &named, NULL, "250-h\r\n250 xclient addr\r\n", "XCLIENT ADDR=IPV6:2001:db8::9\r\n" },
		{ &nameless, "EHLO forged+name=x\r\n", "250-h\r\n250 XCLIENT ADDR HELO\r\n", "XCLIENT ADDR=203.0.113.9 HELO=forged+2Bname+3Dx\r\n" },
		{ &nameless, "", "250-h\r\n250 XCLIENT ADDR HELO\r\n", "XCLIENT ADDR=203.0.113.9\r\n" },
		{ &nameless, "EHLO two words\r\n", "250-h\r\n250 XCLIENT ADDR HELO\r\n", "XCLIENT ADDR=203.0.113.9\r\n" },
		{ &nameless, NULL, "250-h\r\n250 XCLIENT NAMES ADDR PORT DESTADDR\r\n", "XCLIENT ADDR=203.0.113.9\r\n" },
		{ &nameless, NULL, "250-h\r\n250 XCLIENT NAME DESTADDR\r\n", "the server's XCLIENT takes no address (ADDR)" },
		{ &nameless, NULL, "250-h\r\n250 DSN\r\n", "the server offers us no XCLIENT: grant it" },
		{ &nameless, NULL, "250 XCLIENT ADDR\r\n", "the server offers us no XCLIENT: grant it" },
		{ &nameless, NULL, "250-h\r\n250 XCLIENTS ADDR\r\n", "the server offers us no XCLIENT: grant it" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf line = BUF_INIT(XCLIENT_LINE);
		struct err err = ERR_INIT;
		struct reply_reader reader;
		struct reply offer;
		int result;

		read_one(&reader, rows[i].offer, &offer);
		result = xclient_compose(rows[i].claim, rows[i].hello, "own.test", xclient_offered(&offer), &line, &err);
		if (strcmp(result == 0 ? line.data : err.text, rows[i].line) != 0)
			fail_msg("%s: %s%s", rows[i].offer, line.data, err.text);
		buf_release(&line);
		reply_reader_release(&reader);
	}
}

static void test_a_claim_never_outgrows_its_line(void **state)
{
	char name[256], hello[300];
	struct xclient claim = { "203.0.113.9", name, "" };
	struct buf line = BUF_INIT(XCLIENT_LINE);
	struct err err = ERR_INIT;
	struct reply_reader reader;
	struct reply offer;

	(void)state;
	memset(name, 'n', 255);
	name[255] = '\0';
	memset(hello, 'h', sizeof hello);
	memcpy(hello, "EHLO ", 5);
	memcpy(hello + 5 + 240, "\r\n", 3);
	read_one(&reader, "250-h\r\n250 XCLIENT NAME ADDR HELO\r\n", &offer);
	assert_int_equal(xclient_compose(&claim, hello, "own.test", xclient_offered(&offer), &line, &err), 0);
	assert_true(line.len <= XCLIENT_LINE && !line.cut);
	assert_null(strstr(line.data, "HELO="));
	assert_string_equal(line.data + line.len - 2, "\r\n");
	buf_release(&line);
	reply_reader_release(&reader);
}

static void test_a_claim_that_is_not_granted_is_told_from_a_client_that_is_refused(void **state)
{
	static const struct {
		const char *raw;
		bool denied;
	} rows[] = {
		{ "550 5.7.0 Error: insufficient authorization\r\n", true }, { "500 what?\r\n", true },
		{ "501 5.5.4 Bad ADDR syntax\r\n", true },		     { "554 5.7.1 Client host rejected\r\n", false },
		{ "421 4.7.0 too many\r\n", false },			     { "450 4.7.25 no reverse hostname\r\n", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;
		struct reply_reader reader;
		struct reply reply;

		read_one(&reader, rows[i].raw, &reply);
		if (xclient_is_denied(&nameless, &reply, &err) != rows[i].denied)
			fail_msg("%s", rows[i].raw);
		if (rows[i].denied)
			assert_non_null(strstr(err.text, "XCLIENT is not granted to us (5"));
		reply_reader_release(&reader);
	}
}

/* A session with `script`, which is a shell's; what was said is in the transcript. */
struct scene {
	struct dial dial;
	struct children *children;
	const char *script;
	struct session *session;
	struct transcript transcript;
	const char *hello;
	size_t prologue_most;
	bool opened, ended, last_hello;
	enum session_end end;
	struct err err;
};

static void judge(const struct child_end *end, struct err *err)
{
	(void)end;
	(void)err;
}

static void *call(struct dial *dial, struct event_base *base, const struct address *to, const struct call_events *events,
		  void *context, struct err *err)
{
	struct scene *scene = (struct scene *)dial;
	char *const argv[] = { (char *)(uintptr_t)"sh", (char *)(uintptr_t)"-c", (char *)(uintptr_t)scene->script, NULL };
	const struct child_order order = { .argv = argv, .to = *to, .judge = judge };

	return child_call(scene->children, base, &order, events, context, err);
}

static const char *on_hello(void *context)
{
	return ((struct scene *)context)->hello;
}

static void on_opened(void *context)
{
	struct scene *scene = context;

	scene->opened = true;
	session_quit(scene->session);
}

static void on_ended(void *context, enum session_end end, const struct err *err, const struct reply *reply)
{
	struct scene *scene = context;

	(void)reply;
	scene->ended = true;
	scene->end = end;
	scene->err = *err;
	scene->last_hello = session_facts(scene->session)->last_hello;
}

static void play(struct scene *scene, const struct xclient *claim, const char *preamble)
{
	static const struct session_events events = { .hello = on_hello, .opened = on_opened, .ended = on_ended };
	struct session_settings settings = {
		.base = event_base_new(), .dial = &scene->dial, .claim = claim, .name = "own.test", .timeout = 60 * (int64_t)CLOCK_S,
		.prologue_most = scene->prologue_most,
		.to = { .family = AF_INET, .bytes = { 127, 0, 0, 1 }, .port = 25 }, .transcript = &scene->transcript,
	};

	scene->dial = (struct dial){ .call = call, .explain = child_explain, .hang_up = child_hang_up };
	scene->children = children_new();
	scene->transcript = (struct transcript)TRANSCRIPT_INIT;
	settings.preamble_len = strlen(preamble);
	memcpy(settings.preamble, preamble, settings.preamble_len);
	scene->session = session_start(&settings, &events, scene);
	while (!scene->ended)
		event_base_loop(settings.base, EVLOOP_ONCE);
	session_free(scene->session);
	children_free(scene->children);
	event_base_free(settings.base);
}

#define GREET "printf '220 first\\r\\n'; read a; printf '250-h\\r\\n250 XCLIENT NAME ADDR\\r\\n'; read b; "

static void expect_said(struct scene *scene, const char *said)
{
	if (strcmp(scene->transcript.text.data, said) != 0)
		fail_msg("%s", scene->transcript.text.data);
	transcript_release(&scene->transcript);
}

static void test_a_granted_claim_begins_the_session_again(void **state)
{
	struct scene scene = { .script = GREET "printf '220 second\\r\\n'; read c; printf '250 h\\r\\n'; read d; cat >/dev/null" };

	(void)state;
	play(&scene, &nameless, "");
	assert_true(scene.opened && scene.last_hello);
	assert_int_equal(scene.end, SESSION_FINISHED);
	expect_said(&scene, "=== Trying 127.0.0.1:25...\n<-  220 first\n -> EHLO own.test\n<-  250-h\n<-  250 XCLIENT NAME ADDR\n"
			    " -> XCLIENT NAME=[UNAVAILABLE] ADDR=203.0.113.9\n<-  220 second\n -> EHLO own.test\n<-  250 h\n -> QUIT\n");
}

static void test_the_owners_hello_is_said_behind_the_claim_only(void **state)
{
	struct scene scene = { .script = GREET "printf '220 second\\r\\n'; read c; printf '250 h\\r\\n'; read d", .hello = "EHLO forged\r\n" };

	(void)state;
	play(&scene, &named, "");
	expect_said(&scene, "=== Trying 127.0.0.1:25...\n<-  220 first\n -> EHLO own.test\n<-  250-h\n<-  250 XCLIENT NAME ADDR\n"
			    " -> XCLIENT NAME=c.example.net ADDR=IPV6:2001:db8::9\n<-  220 second\n -> EHLO forged\n<-  250 h\n -> QUIT\n");
}

static void test_no_hello_at_all_is_none_behind_the_claim(void **state)
{
	struct scene scene = { .script = GREET "printf '220 second\\r\\n'; read c", .hello = "" };

	(void)state;
	play(&scene, &nameless, "");
	assert_true(scene.opened);
	expect_said(&scene, "=== Trying 127.0.0.1:25...\n<-  220 first\n -> EHLO own.test\n<-  250-h\n<-  250 XCLIENT NAME ADDR\n"
			    " -> XCLIENT NAME=[UNAVAILABLE] ADDR=203.0.113.9\n<-  220 second\n -> QUIT\n");
}

static void test_claims_that_fail(void **state)
{
	static const struct {
		const char *script;
		enum session_end end;
		const char *sentence;
	} rows[] = {
		{ GREET "printf '550 5.7.0 no\\r\\n'; read c", SESSION_REFUSED, "XCLIENT is not granted to us (550 5.7.0 no): grant it" },
		{ GREET "printf '554 5.7.1 rejected\\r\\n'; read c", SESSION_REFUSED, "" },
		{ GREET "printf '250 fine\\r\\n'; read c", SESSION_REFUSED, "" },
		{ GREET "exit 0", SESSION_LOST, "the server closed the connection" },
		{ GREET "printf '220 second\\r\\n250 early\\r\\n'; read c", SESSION_MALFORMED, "more came than was asked for" },
		{ "printf '220 x\\r\\n'; read a; printf '250 h\\r\\n'; read b", SESSION_REFUSED, "the server offers us no XCLIENT: grant it" },
		{ "printf '220 x\\r\\n'; read a; printf '502 what\\r\\n'; read b; printf '250 h\\r\\n'; read c", SESSION_REFUSED,
		  "the server offers us no XCLIENT: grant it" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scene scene = { .script = rows[i].script, .hello = "EHLO forged\r\n" };

		play(&scene, &nameless, "");
		if (scene.opened || scene.end != rows[i].end || strcmp(scene.err.text, rows[i].sentence) != 0 || scene.last_hello)
			fail_msg("%s: %d %s", rows[i].script, scene.end, scene.err.text);
		transcript_release(&scene.transcript);
	}
}

static void test_a_preamble_goes_before_the_greeting(void **state)
{
	struct scene scene = { .script = "read p; printf '220 %s\\r\\n' \"$p\" | tr -d '\\r' | sed 's/$/\\r/'; read a; printf '250 h\\r\\n'; read b" };

	(void)state;
	play(&scene, NULL, "PROXY TCP4 x\r\n");
	assert_true(scene.opened);
	expect_said(&scene, "=== Trying 127.0.0.1:25...\n -> PROXY TCP4 x\n<-  220 PROXY TCP4 x\n -> EHLO own.test\n<-  250 h\n -> QUIT\n");
}

static void test_lines_before_the_greeting_are_passed_over_where_a_command_may_say_them(void **state)
{
	static const char chatty[] = "printf '\\n**** 220 is not this\\n*'; printf '* nor this\\n\\n220 x\\r\\n'; read a; printf '250 h\\r\\n'; read b";
	static const struct {
		size_t most;
		enum session_end end;
	} rows[] = { { 4096, SESSION_FINISHED }, { 35, SESSION_FINISHED }, { 20, SESSION_MALFORMED }, { 0, SESSION_MALFORMED } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scene scene = { .script = chatty, .prologue_most = rows[i].most };

		play(&scene, NULL, "");
		if (scene.end != rows[i].end)
			fail_msg("%zu: %d %s", rows[i].most, scene.end, scene.err.text);
		transcript_release(&scene.transcript);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_claim_says_what_is_offered),
		cmocka_unit_test(test_a_claim_never_outgrows_its_line),
		cmocka_unit_test(test_a_claim_that_is_not_granted_is_told_from_a_client_that_is_refused),
		cmocka_unit_test(test_a_granted_claim_begins_the_session_again),
		cmocka_unit_test(test_the_owners_hello_is_said_behind_the_claim_only),
		cmocka_unit_test(test_no_hello_at_all_is_none_behind_the_claim),
		cmocka_unit_test(test_claims_that_fail),
		cmocka_unit_test(test_a_preamble_goes_before_the_greeting),
		cmocka_unit_test(test_lines_before_the_greeting_are_passed_over_where_a_command_may_say_them),
	};

	return cmocka_run_group_tests_name("xclient", tests, NULL, NULL);
}
