/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_open_ports.c - sockets of our own, found again
 */
#include "net/open_ports.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"

/* A socket on a free port, listening or only bound; its address with the port. */
static int bound(const char *text, bool listens, struct address *address)
{
	struct sockaddr_storage storage;
	struct err err = ERR_INIT;
	socklen_t len;
	int fd;

	if (address_parse(text, address, &err) != 0)
		fail_msg("%s", err.text);
	fd = socket(address->family, SOCK_STREAM, 0);
	if (fd < 0)
		return -1;
	len = address_to_socket(address, &storage);
	if (bind(fd, (struct sockaddr *)&storage, len) != 0 || (listens && listen(fd, 1) != 0)) {
		close(fd);
		return -1;
	}
	len = sizeof storage;
	assert_int_equal(getsockname(fd, (struct sockaddr *)&storage, &len), 0);
	assert_int_equal(address_from_socket((struct sockaddr *)&storage, address), 0);
	return fd;
}

static const struct open_port *find(const struct open_port *rows, size_t count, const struct address *address)
{
	for (size_t i = 0; i < count; i++)
		if (address_equal(&rows[i].address, address) && rows[i].address.port == address->port)
			return &rows[i];
	return NULL;
}

static void test_open_ports_are_ours_by_address_port_and_program(void **state)
{
	static const char *const texts[] = { "127.0.0.1", "127.0.0.9", "::1", "0.0.0.0", "::" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct address address;
		struct open_port *rows;
		const struct open_port *row;
		size_t count;
		char name[16] = "";
		int fd = bound(texts[i], true, &address);
		FILE *comm = fopen("/proc/self/comm", "r");

		/* No IPv6 here. */
		if (fd < 0 && strchr(texts[i], ':') != NULL) {
			fclose(comm);
			continue;
		}
		assert_true(fd >= 0);
		assert_non_null(fgets(name, sizeof name, comm));
		fclose(comm);
		name[strcspn(name, "\n")] = '\0';
		assert_int_equal(open_ports_find(&rows, &count), 0);
		row = find(rows, count, &address);
		assert_non_null(row);
		assert_string_equal(row->program, name);
		assert_int_equal(row->both, strcmp(texts[i], "::") == 0);
		free(rows);
		close(fd);
	}
}

static void test_open_ports_are_not_those_that_only_are_bound(void **state)
{
	struct address address;
	struct open_port *rows;
	size_t count;
	int fd = bound("127.0.0.1", false, &address);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(open_ports_find(&rows, &count), 0);
	assert_null(find(rows, count, &address));
	free(rows);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_ports_are_ours_by_address_port_and_program),
		cmocka_unit_test(test_open_ports_are_not_those_that_only_are_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
