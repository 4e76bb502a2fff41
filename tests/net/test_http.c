/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_http.c - transfers and tunnels, against servers that follow a script
 */
#include "net/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "desk.h"

enum { PATIENCE = 30 * CLOCK_S };

struct scene {
	struct event_base *base;
	struct http *http;
	struct desk desk;
	/* What came of a transfer. */
	struct http_transfer *transfer;
	struct buf body;
	int answered, status;
	unsigned done;
	struct err err;
	bool aborts, asks_again;
	/* What came of a tunnel. */
	int fd;
};

static struct scene *scene_new(const struct step *steps, size_t count)
{
	struct scene *scene = mem_new(sizeof *scene);
	struct err err = ERR_INIT;

	scene->base = event_base_new();
	scene->http = http_new(scene->base, &err);
	assert_non_null(scene->http);
	desk_open(&scene->desk, scene->base, steps, count);
	buf_init(&scene->body, 1 << 20);
	scene->fd = -1;
	return scene;
}

#define SCENE(steps) scene_new(steps, sizeof(steps) / sizeof *(steps))

static void scene_free(struct scene *scene)
{
	http_free(scene->http);
	desk_close(&scene->desk);
	buf_release(&scene->body);
	if (scene->fd >= 0)
		close(scene->fd);
	event_base_free(scene->base);
	free(scene);
}

static void on_answered(void *context, int status)
{
	struct scene *scene = context;

	scene->answered = status;
}

static void get(struct scene *scene, const struct http_request *more);

static void on_received(void *context, const char *bytes, size_t len)
{
	struct scene *scene = context;

	buf_add(&scene->body, bytes, len);
	if (scene->aborts) {
		http_transfer_abort(scene->transfer);
		scene->transfer = NULL;
		scene->aborts = false;
		if (scene->asks_again)
			get(scene, &(struct http_request){ .body_most = 100, .header_most = 1000 });
	}
}

static void on_done(void *context, int status, const struct err *err)
{
	struct scene *scene = context;

	scene->done++;
	scene->status = status;
	scene->err = *err;
	scene->transfer = NULL;
}

static const struct http_events events = { on_answered, on_received, on_done };

static struct http_transfer *begin(struct scene *scene, const char *url, const struct http_request *more, struct err *err)
{
	struct http_request request = *more;

	request.peer.url = url;
	if (request.peer.protocols == NULL)
		request.peer.protocols = "http";
	if (request.peer.timeout == 0)
		request.peer.timeout = PATIENCE;
	return http_transfer(scene->http, &request, &events, scene, err);
}

static void get(struct scene *scene, const struct http_request *more)
{
	bool tls = scene->desk.tls != NULL;
	char *url = mem_printf("http%s://127.0.0.1:%u/path", tls ? "s" : "", scene->desk.port);
	struct err err = ERR_INIT;

	scene->transfer = begin(scene, url, more, &err);
	assert_string_equal(err.text, "");
	assert_non_null(scene->transfer);
	free(url);
}

static const struct http_request usual = { .header_most = 1000, .body_most = 100 };

static void test_http_brings_an_answer(void **state)
{
	static const struct step steps[] = {
		STEP("\r\n\r\n", "HTTP/1.1 200 Fine\r\nContent-Length: 5\r\n\r\nhello"),
	};
	struct scene *scene = SCENE(steps);

	(void)state;
	get(scene, &usual);
	DESK_UNTIL(&scene->desk, scene->done);
	assert_string_equal(scene->err.text, "");
	assert_int_equal(scene->status, 200);
	assert_int_equal(scene->answered, 200);
	assert_string_equal(scene->body.data, "hello");
	assert_true(caller_has_said(&scene->desk.callers[0], "GET /path HTTP/1.1\r\n"));
	scene_free(scene);
}

static void test_http_sends_a_body_and_headers(void **state)
{
	static const struct step steps[] = {
		LAST("{\"a\":1}", "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"),
	};
	struct scene *scene = SCENE(steps);
	struct http_request more = usual;

	(void)state;
	more.body = "{\"a\":1}";
	more.body_len = 7;
	more.method = "PUT";
	more.headers = (const char *[]){ "X-One: 1", NULL };
	get(scene, &more);
	DESK_UNTIL(&scene->desk, scene->done);
	/* What a status means is the caller's to say. */
	assert_int_equal(scene->err.kind, ERR_NONE);
	assert_int_equal(scene->status, 403);
	assert_int_equal(scene->answered, 403);
	assert_true(caller_has_said(&scene->desk.callers[0], "PUT /path HTTP/1.1\r\n"));
	assert_true(caller_has_said(&scene->desk.callers[0], "X-One: 1\r\n"));
	assert_false(caller_has_said(&scene->desk.callers[0], "Expect"));
	scene_free(scene);
}

/* Each of these answers ends in an error. */
static void expect_error(const struct step *steps, const struct http_request *more, enum err_kind kind, const char *text)
{
	struct scene *scene = scene_new(steps, 1);

	get(scene, more);
	DESK_UNTIL(&scene->desk, scene->done);
	assert_int_equal(scene->err.kind, kind);
	assert_non_null(strstr(scene->err.text, text));
	assert_int_equal(scene->desk.calls, 1);
	scene_free(scene);
}

static void test_http_ends_what_is_too_long(void **state)
{
	static const struct step body = STEP("\r\n\r\n", "HTTP/1.1 200 Fine\r\nContent-Length: 6\r\n\r\n123456");
	static const struct step chunked = STEP("\r\n\r\n", "HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n");
	struct http_request more = usual;

	(void)state;
	more.body_most = 5;
	expect_error(&body, &more, ERR_LIMIT, "the answer is too long");
	expect_error(&chunked, &more, ERR_LIMIT, "the answer is too long");
	more.body_most = 6;
	more.header_most = 30;
	expect_error(&body, &more, ERR_LIMIT, "the header of the answer is too long");
}

static void test_http_follows_no_redirection(void **state)
{
	static const struct step step = STEP("\r\n\r\n", "HTTP/1.1 302 There\r\nLocation: /there\r\nContent-Length: 2\r\n\r\nno");

	(void)state;
	expect_error(&step, &usual, ERR_PROTO, "the answer is a redirection (302)");
}

static void test_http_waits_no_longer_than_told(void **state)
{
	static const struct step step = STEP("\r\n\r\n", "HTTP/1.1 200 Fine\r\nContent-Length: 5\r\n\r\nhel");
	struct http_request more = usual;

	(void)state;
	more.peer.timeout = 200 * CLOCK_MS;
	expect_error(&step, &more, ERR_TIMEOUT, "did not answer in time");
}

static void test_http_tells_a_broken_answer(void **state)
{
	static const struct step cut = LAST("\r\n\r\n", "HTTP/1.1 200 Fine\r\nContent-Length: 5\r\n\r\nhel");
	static const struct step foreign = LAST("\r\n\r\n", "220 mail.example ESMTP\r\n");
	static const struct step silent = LAST("\r\n\r\n", "");

	(void)state;
	expect_error(&cut, &usual, ERR_NET, "ended before the answer did");
	expect_error(&foreign, &usual, ERR_USAGE, "this protocol is not spoken here");
	expect_error(&silent, &usual, ERR_NET, "closed the connection without an answer");
}

static void test_http_trusts_no_unknown_certificate(void **state)
{
	static const struct step steps[] = { STEP("\r\n\r\n", "HTTP/1.1 200 Fine\r\nContent-Length: 0\r\n\r\n") };
	struct scene *scene = SCENE(steps);
	struct http_request more = usual;
	struct err err = ERR_INIT;

	(void)state;
	scene->desk.tls = tls_server("127.0.0.1", &err);
	more.peer.protocols = "https";
	get(scene, &more);
	DESK_UNTIL(&scene->desk, scene->done);
	assert_int_equal(scene->err.kind, ERR_TLS);
	assert_non_null(strstr(scene->err.text, "its certificate is not trusted"));
	assert_string_equal(scene->desk.callers[0].got.data, "");
	scene_free(scene);
}

static void test_http_refuses_urls_that_will_not_do(void **state)
{
	static const struct {
		const char *url, *text;
	} rows[] = {
		{ "ftp://127.0.0.1/", "a URL of http is needed" },
		{ "https://127.0.0.1/", "a URL of http is needed" },
		{ "127.0.0.1", "not a URL" },
		{ "", "not a URL" },
		{ "http://me:secret@127.0.0.1/", "holds a user or a password" },
	};
	struct scene *scene = scene_new(NULL, 0);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;

		assert_null(begin(scene, rows[i].url, &usual, &err));
		assert_int_equal(err.kind, ERR_USAGE);
		assert_non_null(strstr(err.text, rows[i].text));
		assert_null(strstr(err.text, "secret"));
	}
	scene_free(scene);
}

static void test_http_tells_a_refused_connection(void **state)
{
	struct scene *scene = scene_new(NULL, 0);

	(void)state;
	event_del(scene->desk.door);
	close(scene->desk.fd);
	get(scene, &usual);
	DESK_UNTIL(&scene->desk, scene->done);
	scene->desk.fd = -1;
	assert_int_equal(scene->err.kind, ERR_NET);
	assert_non_null(strstr(scene->err.text, "connection refused"));
	scene_free(scene);
}

static void test_http_may_be_given_up_and_begun_inside(void **state)
{
	static const struct step steps[] = { STEP("\r\n\r\n", "HTTP/1.1 200 Fine\r\nContent-Length: 5\r\n\r\nhello") };
	struct scene *scene = SCENE(steps);

	(void)state;
	scene->aborts = scene->asks_again = true;
	get(scene, &usual);
	DESK_UNTIL(&scene->desk, scene->done);
	assert_int_equal(scene->done, 1);
	assert_string_equal(scene->body.data, "hellohello");
	/* Given up before it began, and with the loop gone. */
	get(scene, &usual);
	http_transfer_abort(scene->transfer);
	get(scene, &usual);
	scene_free(scene);
}

/* Tunnels */

static void on_tunnel(void *context, int fd, const struct err *err)
{
	struct scene *scene = context;

	scene->done++;
	scene->fd = fd;
	scene->err = *err;
}

static void dig(struct scene *scene, const char *scheme, const char *user, const char *password)
{
	char *url = mem_printf("%s://127.0.0.1:%u", scheme, scene->desk.port);
	struct http_proxy proxy = { url, user, password };
	struct err err = ERR_INIT;

	assert_non_null(http_tunnel(scene->http, &proxy, "mx.example.com", 25, PATIENCE, on_tunnel, scene, &err));
	DESK_UNTIL(&scene->desk, scene->done);
	free(url);
}

/* The descriptor works without libcurl, and has lost nothing of what came at once. */
static void expect_greeting(struct scene *scene)
{
	char heard[32];
	ssize_t len;

	assert_string_equal(scene->err.text, "");
	assert_in_range(scene->fd, 0, 1 << 20);
	assert_int_not_equal(fcntl(scene->fd, F_GETFL) & O_NONBLOCK, 0);
	assert_int_not_equal(fcntl(scene->fd, F_GETFD) & FD_CLOEXEC, 0);
	http_free(scene->http);
	scene->http = http_new(scene->base, &scene->err);
	len = read(scene->fd, heard, sizeof heard);
	assert_int_equal(len, 11);
	assert_memory_equal(heard, "220 hello\r\n", 11);
	assert_int_equal(write(scene->fd, "EHLO me\r\n", 9), 9);
	DESK_UNTIL(&scene->desk, caller_has_said(&scene->desk.callers[0], "EHLO me\r\n"));
	assert_non_null(scene->desk.callers[0].stream);
}

static void test_tunnel_by_connect(void **state)
{
	static const struct step steps[] = { STEP("\r\n\r\n", "HTTP/1.1 200 Go ahead\r\nX: y\r\n\r\n220 hello\r\n") };
	struct scene *scene = SCENE(steps);

	(void)state;
	dig(scene, "http", NULL, NULL);
	expect_greeting(scene);
	assert_true(caller_has_said(&scene->desk.callers[0], "CONNECT mx.example.com:25 HTTP/1.1\r\n"));
	assert_false(caller_has_said(&scene->desk.callers[0], "Authorization"));
	scene_free(scene);
}

static void test_tunnel_by_connect_with_password(void **state)
{
	static const struct step steps[] = { STEP("\r\n\r\n", "HTTP/1.0 200 Go ahead\r\n\r\n220 hello\r\n") };
	struct scene *scene = SCENE(steps);

	(void)state;
	dig(scene, "http", "us:er", "pass");
	expect_greeting(scene);
	assert_true(caller_has_said(&scene->desk.callers[0], "Proxy-Authorization: Basic dXM6ZXI6cGFzcw==\r\n"));
	scene_free(scene);
}

static void expect_refusal(const char *scheme, const struct step *steps, size_t count, enum err_kind kind, const char *text)
{
	struct scene *scene = scene_new(steps, count);

	dig(scene, scheme, "user", "secret");
	assert_int_equal(scene->fd, -1);
	assert_int_equal(scene->err.kind, kind);
	assert_non_null(strstr(scene->err.text, text));
	assert_null(strstr(scene->err.text, "secret"));
	scene_free(scene);
}

static void test_tunnel_refused_by_connect(void **state)
{
	static const struct step forbidden = LAST("\r\n\r\n", "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
	static const struct step unreachable = LAST("\r\n\r\n", "HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n");
	static const struct step password = LAST("\r\n\r\n", "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n");
	static const struct step silent = LAST("\r\n\r\n", "");

	(void)state;
	expect_refusal("http", &forbidden, 1, ERR_PROTO, "the proxy refuses to connect (403)");
	expect_refusal("http", &unreachable, 1, ERR_NET, "the proxy could not connect (502)");
	expect_refusal("http", &password, 1, ERR_USAGE, "wants another user or password (407)");
	expect_refusal("http", &silent, 1, ERR_PROTO, "127.0.0.1");
}

static void test_tunnel_by_socks(void **state)
{
	static const struct step steps[] = {
		STEP("\5\1\0", "\5\0"),
		STEP("\5\1\0\3\16mx.example.com\0\31", "\5\0\0\1\177\0\0\1\0\31" "220 hello\r\n"),
	};
	struct scene *scene = SCENE(steps);

	(void)state;
	dig(scene, "socks5h", NULL, NULL);
	expect_greeting(scene);
	scene_free(scene);
}

static void test_tunnel_by_socks_with_password(void **state)
{
	static const struct step steps[] = {
		STEP("\5\2\0\2", "\5\2"),
		STEP("\1\4user\4pass", "\1\0"),
		STEP("mx.example.com\0\31", "\5\0\0\1\177\0\0\1\0\31" "220 hello\r\n"),
	};
	struct scene *scene = SCENE(steps);

	(void)state;
	dig(scene, "socks5h", "user", "pass");
	expect_greeting(scene);
	scene_free(scene);
}

static void test_tunnel_refused_by_socks(void **state)
{
	static const struct step refused[] = {
		STEP("\5", "\5\0"),
		LAST("mx.example.com\0\31", "\5\5\0\1\0\0\0\0\0\0"),
	};
	static const struct step rules[] = {
		STEP("\5", "\5\0"),
		LAST("mx.example.com\0\31", "\5\2\0\1\0\0\0\0\0\0"),
	};
	static const struct step password[] = {
		STEP("\5", "\5\2"),
		LAST("secret", "\1\1"),
	};
	static const struct step nothing[] = { LAST("\5", "\5\377") };

	(void)state;
	expect_refusal("socks5h", refused, 2, ERR_REFUSED, "connection refused");
	expect_refusal("socks5h", rules, 2, ERR_PROTO, "the proxy's rules forbid it");
	expect_refusal("socks5h", password, 2, ERR_USAGE, "the proxy refused the user or the password");
	expect_refusal("socks5h", nothing, 1, ERR_USAGE, "no way of authentication");
}

static void test_tunnel_checks_the_proxy(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(http_proxy_check("socks5h://127.0.0.1:1080", &err), 0);
	assert_int_equal(http_proxy_check("http://[::1]:3128", &err), 0);
	assert_int_equal(http_proxy_check("https://127.0.0.1:1080", &err), -1);
	assert_int_equal(http_proxy_check("socks5h://me:secret@127.0.0.1", &err), -1);
	assert_null(strstr(err.text, "secret"));
}

static void test_tunnel_may_be_given_up(void **state)
{
	static const struct step steps[] = { STEP("never", "") };
	struct scene *scene = SCENE(steps);
	char *url = mem_printf("http://127.0.0.1:%u", scene->desk.port);
	struct http_proxy proxy = { url, NULL, NULL };
	struct err err = ERR_INIT;
	struct http_tunnel *tunnel = http_tunnel(scene->http, &proxy, "2001:db8::1", 25, PATIENCE, on_tunnel, scene, &err);

	(void)state;
	assert_non_null(tunnel);
	DESK_UNTIL(&scene->desk, scene->desk.calls != 0 && caller_has_said(&scene->desk.callers[0], "\r\n\r\n"));
	assert_true(caller_has_said(&scene->desk.callers[0], "CONNECT [2001:db8::1]:25 HTTP/1.1\r\n"));
	http_tunnel_abort(tunnel);
	DESK_UNTIL(&scene->desk, scene->desk.callers[0].stream == NULL);
	assert_int_equal(scene->done, 0);
	free(url);
	scene_free(scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_http_brings_an_answer),
		cmocka_unit_test(test_http_sends_a_body_and_headers),
		cmocka_unit_test(test_http_ends_what_is_too_long),
		cmocka_unit_test(test_http_follows_no_redirection),
		cmocka_unit_test(test_http_waits_no_longer_than_told),
		cmocka_unit_test(test_http_tells_a_broken_answer),
		cmocka_unit_test(test_http_trusts_no_unknown_certificate),
		cmocka_unit_test(test_http_refuses_urls_that_will_not_do),
		cmocka_unit_test(test_http_tells_a_refused_connection),
		cmocka_unit_test(test_http_may_be_given_up_and_begun_inside),
		cmocka_unit_test(test_tunnel_by_connect),
		cmocka_unit_test(test_tunnel_by_connect_with_password),
		cmocka_unit_test(test_tunnel_refused_by_connect),
		cmocka_unit_test(test_tunnel_by_socks),
		cmocka_unit_test(test_tunnel_by_socks_with_password),
		cmocka_unit_test(test_tunnel_refused_by_socks),
		cmocka_unit_test(test_tunnel_checks_the_proxy),
		cmocka_unit_test(test_tunnel_may_be_given_up),
	};

	/* Nothing listens there: whoever heeds the environment goes nowhere. */
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("https_proxy", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "socks5h://127.0.0.1:1", 1);
	setenv("no_proxy", "mx.example.com", 1);
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
