/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_listener.c - doors, and who comes through them
 */
#include "net/listener.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <event2/event.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

static void test_an_address_and_port_is_read_or_told(void **state)
{
	static const struct {
		const char *text;
		const char *shown;      /* NULL: it is refused */
	} rows[] = {
		{ "192.0.2.1:25", "192.0.2.1:25" }, { "[2001:db8::1]:25", "[2001:db8::1]:25" }, { "[::]:0", "[::]:0" },
		{ "any:25", "none:25" },            { "0.0.0.0:65535", "0.0.0.0:65535" },      { "2001:db8::1:25", NULL },
		{ "192.0.2.1", NULL },              { "192.0.2.1:", NULL },                    { "192.0.2.1:65536", NULL },
		{ "192.0.2.1:smtp", NULL },         { ":25", NULL },                           { "", NULL },
		{ "localhost:25", NULL },           { "[192.0.2.1]:25", NULL },                { "192.0.2.1:-1", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;
		struct address where;
		char text[ADDRESS_TEXT];
		int result = listener_parse(rows[i].text, &where, &err);

		if ((result == 0) != (rows[i].shown != NULL) || (err.kind == ERR_USAGE) != (result != 0))
			fail_msg("%s: %s", rows[i].text, err.text);
		if (result != 0)
			continue;
		address_print_port(&where, text);
		assert_string_equal(text, rows[i].shown);
	}
}

struct door {
	struct address from;
	unsigned clients;
};

static void on_client(void *context, int fd, const struct address *client)
{
	struct door *door = context;

	door->from = *client;
	door->clients++;
	close(fd);
}

static int call(struct address to, int family)
{
	struct sockaddr_storage peer;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), result;

	to.family = family;
	memset(to.bytes, 0, sizeof to.bytes);
	if (family == AF_INET)
		memcpy(to.bytes, "\177\0\0\1", 4);
	else
		to.bytes[15] = 1;
	socklen_t size = address_to_socket(&to, &peer);

	result = connect(fd, (struct sockaddr *)&peer, size);
	close(fd);
	return result;
}

static void test_any_takes_both_families(void **state)
{
	struct event_base *base = event_base_new();
	struct door door = { .clients = 0 };
	struct address any = { .family = 0 }, bound;
	struct err err = ERR_INIT;
	struct listener *listener = listener_open(base, &any, NULL, on_client, &door, &err);
	char text[ADDRESS_TEXT];

	(void)state;
	if (listener == NULL)
		fail_msg("%s", err.text);
	listener_address(listener, &bound);
	assert_int_not_equal(bound.port, 0);
	assert_int_equal(call(bound, AF_INET), 0);
	while (door.clients < 1)
		event_base_loop(base, EVLOOP_ONCE);
	address_print(&door.from, text);
	assert_string_equal(text, "127.0.0.1");
	/* Where the machine has IPv6 at all. */
	if (bound.family == AF_INET6 && call(bound, AF_INET6) == 0) {
		while (door.clients < 2)
			event_base_loop(base, EVLOOP_ONCE);
		address_print(&door.from, text);
		assert_string_equal(text, "::1");
	}
	listener_close(listener);
	event_base_free(base);
}

static void test_a_port_that_is_taken_is_told(void **state)
{
	struct event_base *base = event_base_new();
	struct address where = { AF_INET, { 127, 0, 0, 1 }, 0, 0 };
	struct door door = { .clients = 0 };
	struct err err = ERR_INIT;
	struct listener *first = listener_open(base, &where, NULL, on_client, &door, &err);
	char text[ADDRESS_TEXT];

	(void)state;
	assert_non_null(first);
	listener_address(first, &where);
	assert_null(listener_open(base, &where, NULL, on_client, &door, &err));
	address_print_port(&where, text);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_non_null(strstr(err.text, text));
	listener_close(first);
	listener_close(NULL);
	event_base_free(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_address_and_port_is_read_or_told),
		cmocka_unit_test(test_any_takes_both_families),
		cmocka_unit_test(test_a_port_that_is_taken_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
