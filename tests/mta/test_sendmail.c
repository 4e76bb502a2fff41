/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sendmail.c - sendmail's configuration, from files below a root
 *
 * What a real sendmail says is compared in tests/mta/config.sh; here are its edges,
 * and what is hostile.
 */
#include "mta/config_kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "../fake/place.h"

/* A small one of our own: what relays stands in class R and in the map. */
#define SMALL                                                                                                  \
	"V10/Berkeley\nO OperatorChars=.:%@!^/[]+\nFR-o /etc/mail/relay-domains %[^\\#]\nKaccess hash -T<TMPF> /etc/mail/access\n" \
	"SA\nR<$+>\t$: <$(access Connect:$1 $: ? $)> <$1>\nR<?> <$+.$->\t$@ $>A <$1>\nR<$+> <$+>\t$@ <$1>\n"      \
	"Scheck_rcpt\nR$*\t$: $&{client_addr}\nR$=R $*\t$@ RELAY\nR$*\t$: $>A <$1>\nR<RELAY>\t$@ RELAY\n"         \
	"R$*<TMPF>$*\t$#error $@ 4.3.0 $: \"451 Temporary system failure\"\nR$*\t$#error $@ 5.7.1 $: \"550 Relaying denied\"\n"

static int make_place(void **state)
{
	*state = place_make("/etc/mail");
	return 0;
}

static int drop_place(void **state)
{
	place_drop(*state);
	return 0;
}

static enum config_answer answer_to(const struct config *config, const char *address, char by[100])
{
	struct config_client client = { .name = NULL };
	struct config_replies replies = { .count = 0 };
	struct err err = ERR_INIT;
	enum config_answer answer;

	assert_int_equal(address_parse(address, &client.address, &err), 0);
	config->kind->ask(config, &client, &replies);
	assert_true(replies.count > 0);
	assert_non_null(replies.rows[0].why);
	answer = replies.rows[0].answer;
	snprintf(by, 100, "%s", replies.rows[0].by != NULL ? replies.rows[0].by : "");
	free(replies.rows);
	return answer;
}

static const struct {
	const char *name, *more, *access, *relay, *client;
	enum config_answer answer;
	const char *by;
} rows[] = {
	{ "an octet is a /8", "", "Connect:203\tRELAY\n", NULL, "203.0.113.7", ANSWER_PERMIT, "/etc/mail/access:1" },
	{ "another octet", "", "Connect:203\tRELAY\n", NULL, "204.0.113.7", ANSWER_REJECT, "sendmail.cf:15" },
	{ "a mask never matches", "", "Connect:203.0.0.0/8\tRELAY\n", NULL, "203.0.0.1", ANSWER_REJECT, "sendmail.cf:15" },
	{ "the first of two keys", "", "Connect:203\tREJECT\nConnect:203\tRELAY\n", NULL, "203.0.0.1", ANSWER_REJECT, "/etc/mail/access:1" },
	{ "a word of class R", "", "", "10 172.16. # office\n", "172.16.4.4", ANSWER_PERMIT, "/etc/mail/relay-domains:1" },
	{ "a comment in class R", "", "", "#10\n192.168#all\n", "192.168.1.1", ANSWER_PERMIT, "/etc/mail/relay-domains:2" },
	{ "no map", "", NULL, NULL, "10.0.0.1", ANSWER_BROKEN, "sendmail.cf:14" },
	{ "no tab", "R$* foo\n", "", NULL, "10.0.0.1", ANSWER_BROKEN, "sendmail.cf:16" },
	{ "a line that nobody knows", "Zap\n", "", NULL, "10.0.0.1", ANSWER_BROKEN, "sendmail.cf:16" },
	{ "a brace that is open", "D{foo bar\n", "", NULL, "10.0.0.1", ANSWER_BROKEN, "sendmail.cf:16" },
	{ "a file that has to be there", "FX/etc/mail/nowhere\n", "", NULL, "10.0.0.1", ANSWER_BROKEN, "sendmail.cf:16" },
	{ "a class that a program gives", "FR|/bin/cat /etc/shadow\n", "Connect:10\tRELAY\n", "203.0.113.7\n", "10.0.0.1", ANSWER_UNKNOWN, "" },
	{ "a member that is known", "FR|/bin/cat /etc/shadow\n", "", "203.0.113.7\n", "203.0.113.7", ANSWER_PERMIT, "/etc/mail/relay-domains:1" },
	{ "a rule without an end", "Scheck_mail\nR$*\t$1 x\n", "", NULL, "10.0.0.1", ANSWER_UNKNOWN, "" },
	{ "sets that call each other", "Scheck_mail\nR$*\t$: $>B $1\nSB\nR$*\t$: $>check_mail $1\n", "", NULL, "10.0.0.1", ANSWER_UNKNOWN, "" },
	{ "a set that is not there", "Scheck_mail\nR$*\t$: $>Nowhere $1\n", "", NULL, "10.0.0.1", ANSWER_UNKNOWN, "" },
	{ "a map elsewhere", "Kx ldap -k (x)\nScheck_mail\nR$*\t$: $(x $1 $)\n", "", NULL, "10.0.0.1", ANSWER_UNKNOWN, "" },
	{ "a macro that doubles", "Da$b$b$b$b$b$b$b$b\nDb$a$a$a$a$a$a$a$a\nScheck_mail\nR$a\t$: $a$b\n", "Connect:10\tRELAY\n", NULL, "10.0.0.1", ANSWER_BROKEN, NULL },
	{ "wildcards without end", "Scheck_mail\nR$*$*$*$*$*$*$*$*$*zzz\t$: $1\n", "Connect:10\tRELAY\n", NULL, "10.0.0.1", ANSWER_PERMIT, NULL },
	{ "an option without a name", "O\nO \nO =\n", "Connect:10\tRELAY\n", NULL, "10.0.0.1", ANSWER_PERMIT, "/etc/mail/access:1" },
	{ "thrown away", "Scheck_mail\nR$*\t$#discard $: discard\n", "Connect:10\tRELAY\n", NULL, "10.0.0.1", ANSWER_REJECT, NULL },
	{ "later", "Scheck_mail\nR$*\t$#error $@ 4.7.1 $: \"450 later\"\n", "", NULL, "10.0.0.1", ANSWER_DEFER, "sendmail.cf:17" },
	{ "a port that wants a login", "O DaemonPortOptions=Name=X, M=Ea\n", "Connect:10\tRELAY\n", NULL, "10.0.0.1", ANSWER_REJECT, "" },
};

static void write_files(const struct place *place, const char *more, const char *access, const char *relay)
{
	char *cf = mem_printf("%s%s", SMALL, more);

	place_put(place, "sendmail.cf", cf);
	free(cf);
	if (access != NULL) {
		place_put(place, "access", access);
		place_put(place, "access.db", "");
	}
	if (relay != NULL)
		place_put(place, "relay-domains", relay);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		void *place = NULL;
		struct config config;
		struct err err = ERR_INIT;
		char by[100];
		enum config_answer answer;

		make_place(&place);
		write_files(place, rows[i].more, rows[i].access, rows[i].relay);
		assert_int_equal(place_read(place, &config_sendmail, NULL, &config, &err), 0);
		answer = answer_to(&config, rows[i].client, by);
		if (answer != rows[i].answer || (rows[i].by != NULL && strcmp(by, rows[i].by) != 0))
			fail_msg("%s: %s by %s", rows[i].name, config_answer_name(answer), by);
		config_release(&config);
		drop_place(&place);
	}
}

static void test_grants(void **state)
{
	const struct place *place = *state;
	struct config config;
	struct err err = ERR_INIT;

	write_files(place, "", "Connect:210.196.1.2/8\tRELAY\nConnect:203\tRELAY\nConnect:10\tRELAY # office\nConect:11\tRELAY\nConnect:203\tREJECT\n", NULL);
	assert_int_equal(place_read(place, &config_sendmail, NULL, &config, &err), 0);
	assert_int_equal(config.grant_count, 2);
	assert_string_equal(config.grants[0].covers, "210.0.0.0/8");
	assert_false(config.grants[0].in_force);
	assert_true(config.grants[0].host_bits);
	assert_string_equal(config.grants[1].covers, "203.0.0.0/8");
	assert_true(config.grants[1].in_force);
	assert_string_equal(config.grants[1].source, "/etc/mail/access:2");
	assert_non_null(place_fact(&config, FACT_DEAD));
	assert_non_null(place_fact(&config, FACT_SYNTAX));
	assert_non_null(place_fact(&config, FACT_DUPLICATE));
	config_release(&config);
}

/* What somebody wrote by hand: an address in a rule, and in a class of his own. */
static void test_by_hand(void **state)
{
	static const char rules[] = "V10/Berkeley\nO OperatorChars=.:%@!^/[]+\nC{Friends}210.1.2.3 8.8.\nScheck_rcpt\nR$*\t$: $1 $| $&{client_addr}\n"
				    "R$* $| 203.0.$*\t$@ RELAY\nR$* $| 204.$*\t$#error $: \"550 no\"\nR$* $| $={Friends}\t$# OK\nR$*\t$#error $: \"550 no\"\n";
	const struct place *place = *state;
	struct config config;
	struct err err = ERR_INIT;

	place_put(place, "sendmail.cf", rules);
	assert_int_equal(place_read(place, &config_sendmail, NULL, &config, &err), 0);
	assert_int_equal(config.grant_count, 2);
	assert_string_equal(config.grants[0].covers, "210.1.2.3/32");
	assert_string_equal(config.grants[0].source, "sendmail.cf:3");
	assert_string_equal(config.grants[1].covers, "203.0.0.0/16");
	assert_string_equal(config.grants[1].source, "sendmail.cf:6");
	config_release(&config);
}

static void test_open(void **state)
{
	const struct place *place = *state;
	struct config config;
	struct err err = ERR_INIT;

	place_put(place, "sendmail.cf", "V10/Berkeley\nScheck_rcpt\nR$*\t$@ OK\n");
	assert_int_equal(place_read(place, &config_sendmail, NULL, &config, &err), 0);
	assert_int_equal(config.grant_count, 1);
	assert_int_equal(config.grants[0].to, GRANT_ANYONE);
	assert_string_equal(config.grants[0].source, "sendmail.cf:3");
	config_release(&config);
}

/* The text was changed, and the map not made again: what it holds is not known. */
static void test_stale(void **state)
{
	const struct place *place = *state;
	struct config config;
	struct err err = ERR_INIT;
	char *path = place_path(place, "access.db"), by[100];

	write_files(place, "", "Connect:10\tRELAY\n", NULL);
	assert_int_equal(utime(path, &(struct utimbuf){ .actime = 1000, .modtime = 1000 }), 0);
	free(path);
	assert_int_equal(place_read(place, &config_sendmail, NULL, &config, &err), 0);
	assert_int_equal(answer_to(&config, "10.0.0.1", by), ANSWER_UNKNOWN);
	assert_non_null(place_fact(&config, FACT_NOT_EVALUATED));
	config_release(&config);
}

/* Each ends within a second or so, whatever the machine is busy with. */
static void test_bombs(void **state)
{
	static const char lines[] = "V10/Berkeley\nScheck_rcpt\nR";
	const struct place *place = *state;
	size_t len = (size_t)3 << 20;
	char *big = mem_new(len + 1), by[100];
	struct config config;
	struct err err = ERR_INIT;
	int64_t began = clock_now();

	memset(big, '$', len);
	for (size_t i = 1; i < len; i += 2)
		big[i] = '*';
	memcpy(big, lines, sizeof lines - 1);
	place_put_bytes(place, "sendmail.cf", big, len);
	assert_int_equal(place_read(place, &config_sendmail, NULL, &config, &err), 0);
	assert_int_equal(answer_to(&config, "10.0.0.1", by), ANSWER_BROKEN);
	config_release(&config);
	len = (size_t)10 << 20;
	big = mem_resize(big, len + 1, 1);
	memset(big, 'x', len);
	place_put_bytes(place, "sendmail.cf", big, len);
	assert_int_equal(place_read(place, &config_sendmail, NULL, &config, &err), -1);
	config_release(&config);
	free(big);
	assert_true(clock_now() - began < (int64_t)20 * 1000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test_setup_teardown(test_grants, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_by_hand, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_open, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_stale, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_bombs, make_place, drop_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
