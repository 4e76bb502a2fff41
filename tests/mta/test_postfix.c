/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_postfix.c - Postfix's configuration, from files below a root
 *
 * What a real Postfix says is compared in tests/mta/config.sh; here are its edges,
 * and what is hostile.
 */
#include "mta/config_kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_files.h"
#include "../fake/place.h"

#define BASE "compatibility_level = 3.6\nmyhostname = mail.example.org\nmydestination = example.org\n"

static int make_place(void **state)
{
	*state = place_make("/etc/postfix");
	return 0;
}

static int drop_place(void **state)
{
	place_drop(*state);
	return 0;
}

static const struct {
	const char *name, *main, *access, *client, *ptr, *answer;
} answered[] = {
	{ "in the list", "mynetworks = 127.0.0.0/8, 198.51.100.0/24", "", "198.51.100.7", NULL, "smtp=permit" },
	{ "a mapped address", "mynetworks = 198.51.100.0/24", "", "::ffff:198.51.100.7", NULL, "smtp=permit" },
	{ "by default put off", "mynetworks = 127.0.0.0/8", "", "8.8.8.8", NULL, "smtp=defer" },
	{ "host bits", "mynetworks = 210.196.1.2/8", "", "127.0.0.1", NULL, "smtp=broken" },
	{ "host bits and IPv6", "mynetworks = 210.196.1.2/8", "", "::1", NULL, "smtp=defer" },
	{ "names in capitals", "mynetworks = Outside.TEST", "", "8.8.8.8", "A.outside.Test", "smtp=permit" },
	{ "a table of another machine", "mynetworks = ldap:/etc/postfix/l", "", "8.8.8.8", NULL, "smtp=unknown" },
	{ "a table of another machine behind the answer", "mynetworks = 8.8.8.0/24, ldap:/etc/postfix/l", "", "8.8.8.8", NULL, "smtp=permit" },
	{ "a policy service before the refusal", "smtpd_relay_restrictions = check_policy_service unix:p, reject_unauth_destination", "", "8.8.8.8", NULL,
		"smtp=unknown" },
	{ "a policy service in another list", "smtpd_client_restrictions = check_policy_service unix:p\nsmtpd_relay_restrictions = reject_unauth_destination", "",
		"8.8.8.8", NULL, "smtp=reject" },
	{ "a blocklist before permit", "mynetworks = 8.8.8.8\nsmtpd_client_restrictions = reject_rbl_client zen.example", "", "8.8.8.8", NULL, "smtp=permit" },
	{ "the machine's networks are not known", "", "", "192.0.2.1", NULL, "smtp=unknown" },
	{ "loopback is", "", "", "127.0.0.1", NULL, "smtp=permit" },
	{ "a compiled table", "smtpd_relay_restrictions = check_client_access hash:/etc/postfix/access, reject", "198.51 OK\n", "198.51.1.1", NULL, "smtp=permit" },
	{ "thrown away", "smtpd_relay_restrictions = check_client_access static:DISCARD, reject", "", "8.8.8.8", NULL, "smtp=unknown" },
	{ "a pcre of Perl's own", "smtpd_relay_restrictions = check_client_access regexp:{{/^8\\b/ OK}}, reject", "", "8.8.8.8", NULL, "smtp=unknown" },
	{ "an expression that takes for ever", "smtpd_relay_restrictions = check_client_access regexp:{{/((a{99}){99}){99}/ OK}}, reject", "", "8.8.8.8", NULL,
		"smtp=unknown" },
	{ "a table that names its list", "smtpd_restriction_classes = a\na = check_client_access inline:{8.8.8.8=a}\nsmtpd_relay_restrictions = a, reject", "",
		"8.8.8.8", NULL, "smtp=broken" },
	{ "a bomb", "v0 = 127.0.0.1\nv1 = $v0 $v0\nv2 = $v1 $v1\nv3 = $v2 $v2\nv4 = $v3 $v3\nv5 = $v4 $v4\nv6 = $v5 $v5\nv7 = $v6 $v6\nv8 = $v7 $v7\n"
		"v9 = $v8 $v8\nva = $v9 $v9\nvb = $va $va\nvc = $vb $vb\nvd = $vc $vc\nve = $vd $vd\nvf = $ve $ve\nvg = $vf $vf\nvh = $vg $vg\nvi = $vh $vh\n"
		"vj = $vi $vi\nvk = $vj $vj\nmynetworks = $vk", "", "127.0.0.1", NULL, "smtp=unknown" },
	{ "a bomb in one word", "v0 = 1\nv1 = $v0$v0$v0$v0$v0$v0$v0$v0\nv2 = $v1$v1$v1$v1$v1$v1$v1$v1\nv3 = $v2$v2$v2$v2$v2$v2$v2$v2\n"
		"v4 = $v3$v3$v3$v3$v3$v3$v3$v3\nv5 = $v4$v4$v4$v4$v4$v4$v4$v4\nv6 = $v5$v5$v5$v5$v5$v5$v5$v5\nmynetworks = x$v6", "", "127.0.0.1", NULL, "smtp=unknown" },
	{ "a circle", "a = $b\nb = $a\nmynetworks = $a", "", "127.0.0.1", NULL, "smtp=broken" },
	{ "a circle in one word", "a = x$b\nb = y$a\nmynetworks = $a", "", "127.0.0.1", NULL, "smtp=broken" },
	{ "a reference without an end", "mynetworks = ${a", "", "127.0.0.1", NULL, "smtp=broken" },
	{ "a fifo", "mynetworks = 127.0.0.1 /etc/postfix/fifo", "", "8.8.8.8", NULL, "smtp=broken" },
	{ "a device", "mynetworks = 127.0.0.1 cidr:/dev/zero", "", "8.8.8.8", NULL, "smtp=broken" },
	{ "a file that names itself", "mynetworks = 127.0.0.1 /etc/postfix/loop", "", "8.8.8.8", NULL, "smtp=broken" },
};

static void test_postfix_answers_as_smtpd_would(void **state)
{
	const struct place *place = *state;
	char *fifo = place_path(place, "fifo");

	assert_int_equal(mkfifo(fifo, 0644), 0);
	free(fifo);
	place_put(place, "loop", "/etc/postfix/loop\n");
	for (size_t i = 0; i < sizeof answered / sizeof *answered; i++) {
		char *main = mem_printf(BASE "%s\n", answered[i].main), got[400];
		int64_t began = clock_now();
		struct err err = ERR_INIT;
		struct config config;

		place_put(place, "access", answered[i].access);
		place_put(place, "access.db", "");
		place_put(place, "main.cf", main);
		if (place_read(place, &config_postfix, NULL, &config, &err) != 0)
			fail_msg("%s: %s", answered[i].name, err.text);
		place_answers(&config, answered[i].client, answered[i].ptr, true, got, sizeof got);
		if (strcmp(got, answered[i].answer) != 0)
			fail_msg("%s: %s instead of %s", answered[i].name, got, answered[i].answer);
		/* On any machine; it takes some milliseconds. */
		if (clock_now() - began > 20 * CLOCK_S)
			fail_msg("%s took too long", answered[i].name);
		config_release(&config);
		free(main);
	}
}

static void test_postfix_has_services_with_parameters_of_their_own(void **state)
{
	const struct place *place = *state;
	struct err err = ERR_INIT;
	struct config config;
	char got[400];

	place_put(place, "main.cf", BASE "mynetworks = 127.0.0.0/8\nnets = 10.0.0.0/8\n");
	place_put(place, "master.cf", "# services\n"
		"submission inet n - y - - smtpd\n  -o syslog_name=postfix/submission\n# between\n  -o { smtpd_relay_restrictions = permit_sasl_authenticated, reject }\n"
		"127.0.0.1:10025 inet n - n - - smtpd -o mynetworks=$nets\n"
		"smtp      inet  n - y - - smtpd\n"
		"pickup unix n - y 60 1 pickup\n");
	assert_int_equal(place_read(place, &config_postfix, NULL, &config, &err), 0);
	place_answers(&config, "10.1.1.1", NULL, true, got, sizeof got);
	assert_string_equal(got, "smtp=defer submission=reject 127.0.0.1:10025=permit");
	place_answers(&config, "127.0.0.1", NULL, true, got, sizeof got);
	assert_string_equal(got, "smtp=permit submission=reject 127.0.0.1:10025=defer");
	config_release(&config);
}

static void test_postfix_tells_facts_with_their_place(void **state)
{
	static const struct {
		const char *name, *main, *access;
		enum fact_kind kind;
		const char *source;
	} rows[] = {
		{ "host bits", "mynetworks =\n  127.0.0.0/8\n# two\n  210.196.1.2/8\n", "", FACT_HOST_BITS, "main.cf:7" },
		{ "451", "mynetworks = 127/8\n", "", FACT_REFUSES_SERVICE, "main.cf:4" },
		{ "no refusal", "mynetworks =\nsmtpd_relay_restrictions = permit\n", "", FACT_REFUSES_SERVICE, "main.cf:5" },
		{ "an unknown word", "mynetworks = 210.0.0.0/8\nsmtpd_relay_restrictions = permit_mynetwork, reject_unauth_destination\n", "", FACT_REFUSES_SERVICE, "main.cf:5" },
		{ "a comment at the end", "mynetworks = 127.0.0.0/8 # lo\n 10.0.0.0/8\n", "", FACT_CUT_SHORT, "main.cf:4" },
		{ "twice", "mynetworks = 127.0.0.0/8\nmynetworks = 10.0.0.0/8\n", "", FACT_DUPLICATE, "main.cf:5" },
		{ "capitals", "Mynetworks = 127.0.0.0/8\n", "", FACT_SYNTAX, "main.cf:4" },
		{ "a byte order mark", "\xef\xbb\xbfmynetworks = 127.0.0.0/8\n", "", FACT_SYNTAX, "main.cf:4" },
		{ "no equals", "mynetworks 127.0.0.0/8\n", "", FACT_SYNTAX, "main.cf:4" },
		{ "a word that is no address", "mynetworks = 192.168.0.*\n", "", FACT_DEAD, "main.cf:4" },
		{ "a key with a mask", "smtpd_relay_restrictions = check_client_access hash:/etc/postfix/access, reject\n", "# x\n10.0.0.0/8 OK\n", FACT_DEAD, "access:2" },
		{ "behind permit", "smtpd_recipient_restrictions = permit,\n  reject_unauth_destination\n", "", FACT_SHADOWED, "main.cf:5" },
		{ "a table behind mynetworks", "mynetworks = 10.0.0.0/8\nsmtpd_client_restrictions = permit_mynetworks, check_client_access hash:/etc/postfix/access, permit\n",
			"hananet.net REJECT\n", FACT_SHADOWED, "main.cf:5" },
		{ "an exclusion too late", "mynetworks = 10.0.0.0/8, !10.1.0.0/16\n", "", FACT_SHADOWED, "main.cf:4" },
		{ "class", "mynetworks_style = class\n", "", FACT_CLASS_STYLE, "main.cf:4" },
		{ "not evaluated", "mynetworks = mysql:/etc/postfix/m\n", "", FACT_NOT_EVALUATED, "main.cf:4" },
		{ "a policy service", "smtpd_relay_restrictions = check_policy_service inet:127.0.0.1:10023, reject\n", "", FACT_NOT_EVALUATED, "main.cf:4" },
		{ "xclient", "smtpd_authorized_xclient_hosts = 10.0.0.0/8\n", "", FACT_XCLIENT, "main.cf:4" },
		{ "proxy", "smtpd_upstream_proxy_protocol = haproxy\n", "", FACT_PROXY, "main.cf:4" },
	};
	const struct place *place = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *main = mem_printf(BASE "%s", rows[i].main);
		struct err err = ERR_INIT;
		struct config config;
		const struct fact *fact;

		place_put(place, "access", rows[i].access);
		place_put(place, "access.db", "");
		place_put(place, "main.cf", main);
		if (place_read(place, &config_postfix, NULL, &config, &err) != 0)
			fail_msg("%s: %s", rows[i].name, err.text);
		fact = place_fact(&config, rows[i].kind);
		if (fact == NULL)
			fail_msg("%s: it is not told", rows[i].name);
		if (strcmp(fact->source, rows[i].source) != 0)
			fail_msg("%s: %s instead of %s", rows[i].name, fact->source, rows[i].source);
		assert_true(strlen(fact->title) > 10 && strlen(fact->says) > 10 && strlen(fact->fix) > 10);
		config_release(&config);
		free(main);
	}
}

static void test_postfix_grants_have_place_and_number(void **state)
{
	static const struct {
		const char *main, *source, *covers, *count;
		enum grant_to to;
		bool in_force;
	} rows[] = {
		{ "mynetworks = 127.0.0.0/8,\n  210.0.0.0/8\n", "main.cf:5", "210.0.0.0/8", "16777216", GRANT_ADDRESSES, true },
		{ "mynetworks = 210.196.1.2/8\n", "main.cf:4", "210.0.0.0/8", "16777216", GRANT_ADDRESSES, false },
		{ "office = 198.51.100.0/24\nmynetworks = $office\n", "main.cf:4", "198.51.100.0/24", "256", GRANT_ADDRESSES, true },
		{ "mynetworks = [2001:db8::]/32\n", "main.cf:4", "2001:db8::/32", "79228162514264337593543950336", GRANT_ADDRESSES, true },
		{ "mynetworks = example.net\n", "main.cf:4", "example.net", "0", GRANT_NAME, true },
		{ "mynetworks = cidr:{{!10.0.0.0/8 x}}\n", "main.cf:4", "!10.0.0.0/8 x", "4278190080", GRANT_ADDRESSES, true },
		{ "smtpd_relay_restrictions = check_sender_access inline:{example.org=OK}, reject\n", "main.cf:4", "example.org", "0", GRANT_SENDER, true },
		{ "smtpd_relay_restrictions = check_helo_access inline:{friend=OK}, reject\n", "main.cf:4", "friend", "0", GRANT_HELO, true },
		{ "smtpd_relay_restrictions = check_client_access static:OK, reject\n", "main.cf:4", "anyone", "0", GRANT_ANYONE, true },
		{ "smtpd_relay_restrictions = check_client_access inline:{198.51=OK}, reject\n", "main.cf:4", "198.51.0.0/16", "65536", GRANT_ADDRESSES, true },
	};
	const struct place *place = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *main = mem_printf(BASE "%s", rows[i].main), digits[PREFIXSET_COUNT];
		struct err err = ERR_INIT;
		struct config config;
		const struct grant *grant = NULL;

		place_put(place, "main.cf", main);
		assert_int_equal(place_read(place, &config_postfix, NULL, &config, &err), 0);
		for (size_t k = 0; k < config.grant_count; k++)
			if (strcmp(config.grants[k].covers, rows[i].covers) == 0)
				grant = &config.grants[k];
		if (grant == NULL)
			fail_msg("%s: it is not granted", rows[i].covers);
		assert_string_equal(grant->source, rows[i].source);
		assert_int_equal(grant->to, rows[i].to);
		assert_int_equal(grant->in_force, rows[i].in_force);
		prefixset_count(&grant->addresses, AF_UNSPEC, digits);
		assert_string_equal(digits, rows[i].count);
		config_release(&config);
		free(main);
	}
}

static void test_postfix_giants_are_refused_with_a_sentence(void **state)
{
	const struct place *place = *state;
	size_t len = 10 << 20;
	char *line = mem_new(len + 1);
	struct err err = ERR_INIT;
	struct config config;

	memcpy(line, "mynetworks =", 12);
	for (size_t i = 12; i + 10 <= len; i += 10)
		memcpy(line + i, " 10.0.0.1,", 10);
	line[len - 8] = '\n';
	line[len - 7] = '\0';
	place_put(place, "main.cf", line);
	assert_int_equal(place_read(place, &config_postfix, NULL, &config, &err), -1);
	assert_non_null(strstr(err.text, "is larger than 4194304 bytes"));
	config_release(&config);
	/* Under the ceiling for files, and over that for lists. */
	line[(4 << 20) - 20] = '\n';
	line[(4 << 20) - 19] = '\0';
	place_put(place, "main.cf", line);
	assert_int_equal(place_read(place, &config_postfix, NULL, &config, &err), 0);
	assert_non_null(place_fact(&config, FACT_NOT_EVALUATED));
	config_release(&config);
	free(line);
}

static void test_postfix_no_link_leads_out_of_the_root(void **state)
{
	const struct place *place = *state;
	char *path = place_path(place, "nets"), got[400];
	struct err err = ERR_INIT;
	struct config config;

	assert_int_equal(symlink("/etc/hostname", path), 0);
	place_put(place, "main.cf", BASE "mynetworks = /etc/postfix/nets\n");
	assert_int_equal(place_read(place, &config_postfix, NULL, &config, &err), 0);
	place_answers(&config, "127.0.0.1", NULL, true, got, sizeof got);
	assert_string_equal(got, "smtp=broken");
	config_release(&config);
	assert_int_equal(unlink(path), 0);
	/* A link inside of it is followed. */
	place_put(place, "access", "127.0.0.1\n");
	assert_int_equal(symlink("/etc/postfix/access", path), 0);
	assert_int_equal(place_read(place, &config_postfix, NULL, &config, &err), 0);
	place_answers(&config, "127.0.0.1", NULL, true, got, sizeof got);
	assert_string_equal(got, "smtp=permit");
	config_release(&config);
	free(path);
}

static void test_postfix_that_is_not_there_is_an_error(void **state)
{
	const struct place *place = *state;
	struct config_files files = { .root = place_root(place), .left = CONFIG_ALL_MOST };
	struct err err = ERR_INIT;
	struct config config;
	const char *meant;

	assert_false(config_postfix.is_here(&files));
	assert_int_equal(place_read(place, &config_postfix, NULL, &config, &err), -1);
	assert_true(strlen(err.text) > 10);
	config_release(&config);
	assert_ptr_equal(config_kind_find("postfix", &meant), &config_postfix);
	assert_null(config_kind_find("postfux", &meant));
	assert_string_equal(meant, "postfix");
}

/* The facts of that kind that a main.cf makes. */
static size_t backscatter_of(const struct place *place, const char *more)
{
	char *text = mem_printf("%s%s", BASE, more);
	struct config config;
	struct err err = ERR_INIT;
	size_t count = 0;

	place_put(place, "main.cf", text);
	assert_int_equal(place_read(place, &config_postfix, NULL, &config, &err), 0);
	for (size_t i = 0; i < config.fact_count; i++)
		count += config.facts[i].kind == FACT_BACKSCATTER;
	config_release(&config);
	free(text);
	return count;
}

static void test_postfix_tells_what_it_takes_for_nobody(void **state)
{
	static const struct {
		const char *text;
		size_t facts;
	} rows[] = {
		{ "", 0 },
		{ "local_recipient_maps =\n", 1 },
		{ "mydestination =\nlocal_recipient_maps =\n", 0 },
		{ "local_recipient_maps = $alias_maps\n", 0 },
		{ "relay_domains = other.example\n", 1 },
		{ "relay_domains =\n", 0 },
		{ "relay_domains = $mydestination\n", 0 },
		{ "relay_domains = other.example\nrelay_recipient_maps = hash:/etc/postfix/users\n", 0 },
		{ "relay_domains = other.example\nrelay_recipient_maps =\n", 1 },
		{ "relay_domains = other.example\nsmtpd_recipient_restrictions = reject_unverified_recipient\n", 0 },
		{ "smtpd_reject_unlisted_recipient = no\nrelay_domains = other.example\n", 1 },
		{ "smtpd_reject_unlisted_recipient = no\nsmtpd_recipient_restrictions = reject_unlisted_recipient\n", 0 },
		{ "virtual_mailbox_domains = virtual.example\n", 1 },
		{ "virtual_mailbox_domains = virtual.example\nvirtual_mailbox_maps = hash:/etc/postfix/users\n", 0 },
	};
	const struct place *place = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t facts = backscatter_of(place, rows[i].text);

		if (facts != rows[i].facts)
			fail_msg("%s: %zu facts, and not %zu", rows[i].text, facts, rows[i].facts);
	}
}

static void test_postfix_takes_the_defaults_that_it_is_told(void **state)
{
	static const char told[] = "mail_version = 2.9.6\nmynetworks = 0.0.0.0/0\nempty = \nbroken\n= nothing\n"
				   "smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination\n"
				   "smtpd_relay_restrictions =\nmydestination = $myhostname, told.example";
	static const char *const mains[] = { "mynetworks = 198.51.100.0/24\n", "mynetworks = 198.51.100.0/24\nsmtpd_recipient_restrictions = check_client_access static:OK, reject\n" };
	static const char *const wanted[] = { "smtp=reject", "smtp=permit" };
	const struct place *place = *state;

	for (size_t i = 0; i < 2; i++) {
		struct config_files files = { .root = place_root(place), .left = CONFIG_ALL_MOST };
		struct config_wish wish = { .told = told };
		struct config config = { .pool = pool_new(), .kind = &config_postfix };
		struct err err = ERR_INIT;
		char *main = mem_printf("%s%s", "compatibility_level = 3.6\n", mains[i]), got[400];

		place_put(place, "main.cf", main);
		assert_int_equal(config_postfix.read(&files, &wish, &config, &err), 0);
		assert_string_equal(config.version, "2.9.6");
		place_answers(&config, "198.51.100.7", NULL, true, got, sizeof got);
		assert_string_equal(got, "smtp=permit");
		place_answers(&config, "8.8.8.8", NULL, true, got, sizeof got);
		assert_string_equal(got, wanted[i]);
		config_release(&config);
		free(main);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_postfix_answers_as_smtpd_would, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_postfix_has_services_with_parameters_of_their_own, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_postfix_tells_facts_with_their_place, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_postfix_grants_have_place_and_number, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_postfix_giants_are_refused_with_a_sentence, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_postfix_no_link_leads_out_of_the_root, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_postfix_that_is_not_there_is_an_error, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_postfix_tells_what_it_takes_for_nobody, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_postfix_takes_the_defaults_that_it_is_told, make_place, drop_place),
	};

	return cmocka_run_group_tests_name("postfix", tests, NULL, NULL);
}
