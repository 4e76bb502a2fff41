/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_child.c - streams whose other end is a command
 */
#include "net/child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "net/stream.h"

struct scene {
	struct dial dial;
	struct event_base *base;
	struct children *children;
	const char *script;
	struct stream *stream;
	struct buf got;
	bool connected, closed;
	struct err err;
	/* What judge() was told. */
	int status, signal;
	char said[CHILD_SAID_MOST + 1];
	bool judged;
};

static struct scene scene;

static void judge(const struct child_end *end, struct err *err)
{
	scene.judged = true;
	scene.status = end->status;
	scene.signal = end->signal;
	snprintf(scene.said, sizeof scene.said, "%s", end->said);
	if (end->status == 3)
		err_set(err, ERR_WAY, "%s ended with 3", end->program);
}

static void *call(struct dial *dial, struct event_base *base, const struct address *to, const struct call_events *events,
		  void *context, struct err *err)
{
	char *const argv[] = { (char *)(uintptr_t)"sh", (char *)(uintptr_t)"-c", (char *)(uintptr_t)scene.script, NULL };
	char *const none[] = { (char *)(uintptr_t)"/no/such/program", NULL };
	const struct child_order order = { .argv = scene.script ? argv : none, .to = *to, .judge = judge };

	(void)dial;
	return child_call(scene.children, base, &order, events, context, err);
}

static void on_connected(void *context)
{
	(void)context;
	scene.connected = true;
}

static void on_received(void *context, const char *bytes, size_t len)
{
	(void)context;
	buf_add(&scene.got, bytes, len);
}

static void on_closed(void *context, const struct err *err)
{
	(void)context;
	scene.closed = true;
	scene.err = *err;
}

static void begin(const char *script)
{
	static const struct stream_events events = { .connected = on_connected, .received = on_received, .closed = on_closed };
	static const struct address to = { .family = AF_INET, .bytes = { 192, 0, 2, 25 }, .port = 25 };

	scene = (struct scene){ .script = script, .got = BUF_OWN };
	scene.dial = (struct dial){ .call = call, .explain = child_explain, .hang_up = child_hang_up };
	scene.base = event_base_new();
	scene.children = children_new();
	scene.stream = stream_dial(scene.base, &scene.dial, &to, &events, NULL, &scene.err);
}

#define UNTIL(condition)                                         \
	while (!(condition))                                     \
		event_base_loop(scene.base, EVLOOP_ONCE)

static void end(void)
{
	stream_free(scene.stream);
	children_free(scene.children);
	event_base_free(scene.base);
	buf_release(&scene.got);
	/* No zombie and no child is left. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_a_command_is_the_connection(void **state)
{
	struct address local = { .family = AF_INET };

	(void)state;
	begin("read line; echo \"heard $line\"; read line; exit 0");
	assert_non_null(scene.stream);
	assert_false(scene.connected);
	UNTIL(scene.connected);
	stream_write(scene.stream, "hello\n", 6);
	UNTIL(scene.got.len == 12);
	assert_string_equal(scene.got.data, "heard hello\n");
	stream_local(scene.stream, &local);
	assert_int_equal(local.family, 0);
	stream_write(scene.stream, "bye\n", 4);
	UNTIL(scene.closed);
	assert_int_equal(scene.err.kind, ERR_NONE);
	assert_true(scene.judged);
	end();
}

static void test_what_was_written_last_arrives(void **state)
{
	char path[] = "/tmp/child-last-XXXXXX";
	int fd = mkstemp(path);
	char script[200], kept[16] = "";

	(void)state;
	snprintf(script, sizeof script, "sleep 0.1; cat >%s", path);
	begin(script);
	UNTIL(scene.connected);
	stream_write(scene.stream, "QUIT\r\n", 6);
	end();
	assert_int_equal(read(fd, kept, sizeof kept), 6);
	assert_string_equal(kept, "QUIT\r\n");
	close(fd);
	unlink(path);
}

static void test_a_command_that_dies_says_why(void **state)
{
	(void)state;
	begin("echo 'it is broken' >&2; exit 3");
	UNTIL(scene.closed);
	assert_int_equal(scene.err.kind, ERR_WAY);
	assert_string_equal(scene.err.text, "sh ended with 3");
	assert_string_equal(scene.said, "it is broken\n");
	end();
	begin("kill -9 $$");
	UNTIL(scene.closed);
	assert_int_equal(scene.signal, SIGKILL);
	assert_int_equal(scene.err.kind, ERR_NONE);
	end();
}

static void test_a_command_that_closes_before_it_ends_is_waited_for(void **state)
{
	(void)state;
	begin("exec </dev/null >/dev/null; sleep 0.1; echo late >&2; exit 3");
	UNTIL(scene.closed);
	assert_string_equal(scene.err.text, "sh ended with 3");
	assert_string_equal(scene.said, "late\n");
	end();
}

static void test_a_command_that_closes_and_lives_on_says_nothing(void **state)
{
	(void)state;
	begin("exec </dev/null >/dev/null; exec sleep 1000");
	UNTIL(scene.closed);
	assert_int_equal(scene.err.kind, ERR_NONE);
	assert_false(scene.judged);
	end();
}

static void test_a_program_that_is_not_there_fails_at_once(void **state)
{
	(void)state;
	begin(NULL);
	assert_null(scene.stream);
	assert_int_equal(scene.err.kind, ERR_WAY);
	assert_string_equal(scene.err.text, "'/no/such/program' cannot be started: No such file or directory");
	end();
}

static void test_of_a_flood_of_complaints_the_last_are_kept(void **state)
{
	(void)state;
	begin("i=0; while [ $i -lt 20000 ]; do echo \"complaint number $i\" >&2; i=$((i + 1)); done; exit 3");
	UNTIL(scene.closed);
	assert_string_equal(scene.err.text, "sh ended with 3");
	assert_true(strlen(scene.said) <= CHILD_SAID_MOST);
	assert_non_null(strstr(scene.said, "complaint number 19999\n"));
	end();
}

static void test_a_command_that_complains_for_ever_is_ended(void **state)
{
	(void)state;
	begin("echo up; yes complaint >&2");
	UNTIL(scene.got.len == 3);
	for (int i = 0; i < 20; i++)
		event_base_loop(scene.base, EVLOOP_ONCE);
	end();
}

static void test_a_command_that_never_reads_breaks_off(void **state)
{
	static char much[4 * STREAM_QUEUE_MOST];

	(void)state;
	begin("exec sleep 1000");
	UNTIL(scene.connected);
	stream_write(scene.stream, much, sizeof much);
	UNTIL(scene.closed);
	assert_int_equal(scene.err.kind, ERR_LIMIT);
	end();
}

static void test_a_command_that_ignores_its_end_is_killed_with_all_it_started(void **state)
{
	pid_t started = 0;

	(void)state;
	begin("trap '' TERM HUP; sleep 1000 & echo $!; while :; do wait; done");
	UNTIL(scene.got.len != 0 && scene.got.data[scene.got.len - 1] == '\n');
	started = (pid_t)atoi(scene.got.data);
	assert_int_equal(kill(started, 0), 0);
	end();
	/* It is the system's to reap: until then it is a zombie, which has no group any more to be signalled in. */
	for (int i = 0; i < 100000 && kill(started, 0) == 0; i++) {
		char path[40], text[256] = "";
		FILE *file;

		snprintf(path, sizeof path, "/proc/%d/stat", (int)started);
		file = fopen(path, "r");
		if (file == NULL)
			break;
		if (fgets(text, sizeof text, file) != NULL && strstr(text, ") Z ") != NULL)
			i = 100000;
		fclose(file);
		assert_true(i < 99999 || i == 100000);
	}
}

static void test_a_stream_may_be_freed_at_any_time(void **state)
{
	(void)state;
	begin("exit 3");
	end();
	begin("exec cat");
	UNTIL(scene.connected);
	end();
	begin("exec </dev/null >/dev/null; exec sleep 1000");
	UNTIL(scene.connected);
	/* The end of the connection is being explained. */
	event_base_loop(scene.base, EVLOOP_ONCE);
	end();
}

static void test_a_child_has_three_descriptors_and_no_terminal(void **state)
{
	(void)state;
	begin("ls /proc/self/fd | wc -l; [ \"$(cut -d ' ' -f 6 /proc/$$/stat)\" = $$ ] && echo session; "
	      "trap 'echo piped' PIPE; kill -PIPE $$; read line");
	UNTIL(scene.closed || strstr(scene.got.data, "piped") != NULL);
	/* ls has its own for the directory. */
	assert_int_equal(atoi(scene.got.data), 4);
	assert_non_null(strstr(scene.got.data, "session\npiped"));
	end();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_command_is_the_connection),
		cmocka_unit_test(test_what_was_written_last_arrives),
		cmocka_unit_test(test_a_command_that_dies_says_why),
		cmocka_unit_test(test_a_command_that_closes_before_it_ends_is_waited_for),
		cmocka_unit_test(test_a_command_that_closes_and_lives_on_says_nothing),
		cmocka_unit_test(test_a_program_that_is_not_there_fails_at_once),
		cmocka_unit_test(test_of_a_flood_of_complaints_the_last_are_kept),
		cmocka_unit_test(test_a_command_that_complains_for_ever_is_ended),
		cmocka_unit_test(test_a_command_that_never_reads_breaks_off),
		cmocka_unit_test(test_a_command_that_ignores_its_end_is_killed_with_all_it_started),
		cmocka_unit_test(test_a_stream_may_be_freed_at_any_time),
		cmocka_unit_test(test_a_child_has_three_descriptors_and_no_terminal),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
