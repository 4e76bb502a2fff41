/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_matrix.c - vantages down, endpoints across
 */
#include "report/matrix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "report/model.h"

static struct report_target targets[] = { { .host = "mx.host.test" }, { .host = "other.test" } };
static struct report_vantage vantages[] = {
	{ .name = "near", .expect = "deny" },
	{ .name = "office", .expect = "relay" },
	{ .name = "socks5h://bob@a-very-long-name.of-a-proxy.example.org:1080", .expect = "deny" },
};
static struct report_attempt attempts[] = {
	{ .probe = "ctl", .outcome = "accepted", .control = true },
	{ .probe = "plain", .outcome = "accepted" },
	{ .probe = "bang", .outcome = "rejected" },
	{ .probe = "later", .outcome = "skipped" },
};

#define SIX "[2001:db8:1111:2222:3333:4444:5555:6666]"
#define VIEW(from, at, mode, said) \
	{ .vantage = (from), .endpoint = (at), .tls = (mode), .verdict = (said), .reached = "reached", .counts = true, .attempt_count = 4, .controls = 1 }

/* By port first, as the audit has them. */
static struct report_view views[] = {
	VIEW(0, "192.0.2.25:25", "none", "open"),
	VIEW(1, "192.0.2.25:25", "none", "open"),
	VIEW(2, "192.0.2.25:25", "none", "closed"),
	VIEW(0, SIX ":25", "none", "closed"),
	VIEW(1, SIX ":25", "none", "closed"),
	{ .vantage = 0, .endpoint = "192.0.2.25:465", .tls = "implicit", .verdict = "inconclusive", .reached = "connection-refused" },
	{ .vantage = 2, .endpoint = "192.0.2.25:465", .tls = "implicit", .verdict = "inconclusive", .reached = "no-answer", .counts = true },
	VIEW(0, SIX ":465", "implicit", "closed"),
	{ .target = 1, .vantage = 0, .endpoint = "192.0.2.99:25", .tls = "none", .verdict = "closed", .reached = "reached", .counts = true },
};

static const struct report report = {
	.targets = targets, .target_count = 2, .vantages = vantages, .vantage_count = 3, .views = views,
	.view_count = sizeof views / sizeof *views, .attempts = attempts, .attempt_count = 4,
};

enum { FIRST_TARGET = sizeof views / sizeof *views - 1, ALL = sizeof views / sizeof *views };

static void expect_matrix(unsigned width, size_t first, size_t end, const char *wanted)
{
	const struct format_look look = { .width = width };
	struct buf text = BUF_OWN;

	matrix_write(&report, first, end, &look, &text);
	if (strcmp(text.data, wanted) != 0)
		fail_msg("%u columns:\n%s", width, text.data);
	buf_release(&text);
}

static void test_an_address_stands_over_its_ports(void **state)
{
	(void)state;
	expect_matrix(120, 0, FIRST_TARGET,
		      "                                192.0.2.25                [2001:db8:1111:2222:3333:4444:5555:6666]\n"
		      "                                25          465 tls       25           465 tls\n"
		      "  near                          open 1/2    -             closed 1/2   closed 1/2\n"
		      "  office                        relays 1/2                refuses 1/2\n"
		      "  socks5h://bob..mple.org:1080  closed 1/2  inconclusive\n"
		      "  n/m: accepted of so many probes; -: no service there, or not for this vantage.\n");
}

static void test_what_finds_no_room_stands_below(void **state)
{
	(void)state;
	expect_matrix(80, 0, FIRST_TARGET,
		      "                                192.0.2.25\n"
		      "                                25          465 tls\n"
		      "  near                          open 1/2    -\n"
		      "  office                        relays 1/2\n"
		      "  socks5h://bob..mple.org:1080  closed 1/2  inconclusive\n"
		      "\n"
		      "                                [2001:db8:1111:2222:3333:4444:5555:6666]\n"
		      "                                25           465 tls\n"
		      "  near                          closed 1/2   closed 1/2\n"
		      "  office                        refuses 1/2\n"
		      "  n/m: accepted of so many probes; -: no service there, or not for this vantage.\n");
}

static void test_a_target_has_its_own_views_only(void **state)
{
	(void)state;
	expect_matrix(80, FIRST_TARGET, ALL, "          192.0.2.99\n          25\n  near    closed 0/0\n  n/m: accepted of so many probes.\n");
}

static void test_no_line_is_wider_than_it_may_be(void **state)
{
	(void)state;
	for (unsigned width = 72; width <= 130; width++) {
		const struct format_look look = { .width = width };
		struct buf text = BUF_OWN;

		matrix_write(&report, 0, FIRST_TARGET, &look, &text);
		for (const char *line = text.data; *line != '\0'; line += strcspn(line, "\n") + 1) {
			size_t len = strcspn(line, "\n");

			if (len > width || (len != 0 && line[len - 1] == ' '))
				fail_msg("%u columns:\n%s", width, text.data);
		}
		buf_release(&text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_address_stands_over_its_ports),
		cmocka_unit_test(test_what_finds_no_room_stands_below),
		cmocka_unit_test(test_a_target_has_its_own_views_only),
		cmocka_unit_test(test_no_line_is_wider_than_it_may_be),
	};

	return cmocka_run_group_tests_name("matrix", tests, NULL, NULL);
}
