/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_opensmtpd.c - OpenSMTPD's configuration, from files below a root
 *
 * What a real OpenSMTPD says is compared in tests/mta/config.sh; here are its edges, and
 * what is hostile.
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

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "../fake/place.h"

#define BASE "action \"relay\" relay\naction \"local\" maildir\nlisten on 192.0.2.25\n"

static int make_place(void **state)
{
	*state = place_make("/etc");
	return 0;
}

static int drop_place(void **state)
{
	place_drop(*state);
	return 0;
}

static const struct {
	const char *name, *text, *nets, *client, *ptr, *answer;
} answered[] = {
	{ "host bits are left out", BASE "match from src 210.196.1.2/8 for any action \"relay\"", "", "210.99.1.1", NULL, "192.0.2.25:25=permit" },
	{ "a mapped address", BASE "match from src 10.0.0.0/8 for any action \"relay\"", "", "::ffff:10.1.1.1", NULL, "192.0.2.25:25=permit" },
	{ "the machine itself", BASE "match from local for any action \"relay\"", "", "127.0.0.1", NULL, "192.0.2.25:25=permit" },
	{ "another of loopback is none of its addresses", BASE "match from local for any action \"relay\"", "", "127.0.0.5", NULL, "192.0.2.25:25=reject" },
	{ "two listeners", BASE "listen on 127.0.0.1 tag inside\nmatch tag inside from any for any action \"relay\"", "", "8.8.8.8", NULL,
		"192.0.2.25:25=reject 127.0.0.1:25=permit" },
	{ "the other family", BASE "listen on 2001:db8::25 port 26\nmatch from any for any action \"relay\"", "", "2001:db8::1", NULL, "2001:db8::25:26=permit" },
	{ "port 25 first", "listen on 192.0.2.25 port 587\n" BASE "match from any for any action \"relay\"", "", "8.8.8.8", NULL,
		"192.0.2.25:25=permit 192.0.2.25:587=permit" },
	{ "who sends has to log in", "listen on 192.0.2.1 smtps auth\naction r relay\nmatch from any for any action r", "", "8.8.8.8", NULL, "192.0.2.1:465=reject" },
	{ "a filter that is a program", "filter p proc-exec \"p\"\nlisten on 192.0.2.1 filter p\naction r relay\nmatch from any for any action r", "", "8.8.8.8", NULL,
		"192.0.2.1:25=permit" },
	{ "an expression that takes for ever", BASE "match from src regex \"((1{99}){99}){99}\" for any action \"relay\"", "", "8.8.8.8", NULL,
		"192.0.2.25:25=unknown" },
	{ "what cannot be told does not matter", BASE "match from src regex \"((1{99}){99}){99}\" for any reject", "", "8.8.8.8", NULL, "192.0.2.25:25=reject" },
	{ "no expression fits nobody", BASE "match from src regex \"(\" for any action \"relay\"", "", "8.8.8.8", NULL, "192.0.2.25:25=reject" },
	{ "a file's last line has no end", BASE "table n file:/etc/nets\nmatch from src <n> for any action \"relay\"", "9.9.9.9\n8.8.8.8", "8.8.8.8", NULL,
		"192.0.2.25:25=permit" },
	{ "a compiled table that is not there", BASE "table n db:/etc/nets.db\nmatch from src <n> for any action \"relay\"", "", "8.8.8.8", NULL, "192.0.2.25:25=broken" },
	{ "a compiled table", BASE "table n db:/etc/nets\nmatch from src <n> for any action \"relay\"", "x", "8.8.8.8", NULL, "192.0.2.25:25=unknown" },
	{ "a compiled table behind the answer", BASE "table n db:/etc/nets\nmatch from src 8.8.8.8 for any reject\nmatch from src <n> for any action \"relay\"", "x",
		"8.8.8.8", NULL, "192.0.2.25:25=reject" },
	{ "a file that includes itself", BASE "match from any for any action \"relay\"\ninclude \"/etc/smtpd.conf\"", "", "8.8.8.8", NULL, "192.0.2.25:25=broken" },
	{ "a fifo", BASE "table n file:/etc/fifo\nmatch from src <n> for any action \"relay\"", "", "8.8.8.8", NULL, "192.0.2.25:25=broken" },
	{ "quotes that do not end", BASE "match from any for any action \"relay", "", "8.8.8.8", NULL, "192.0.2.25:25=broken" },
	{ "no file has anything", "", "", "8.8.8.8", NULL, "smtp=broken" },
	{ "a carriage return is a byte like others", BASE "match from any for any action \"relay\"\r\n", "", "8.8.8.8", NULL, "192.0.2.25:25=broken" },
	{ "a byte order mark", "\xef\xbb\xbf" BASE "match from any for any action \"relay\"", "", "8.8.8.8", NULL, "192.0.2.25:25=broken" },
	{ "the delimiter parts a tag", "smtp sub-addr-delim \"i\"\n" BASE "match from any for any rcpt-to \"v@example.com\" action \"relay\"", "", "8.8.8.8", NULL,
		"192.0.2.25:25=permit" },
};

static void test_opensmtpd_answers(void **state)
{
	struct place *place = *state;
	char *fifo = place_path(place, "fifo");

	assert_int_equal(mkfifo(fifo, 0600), 0);
	for (size_t i = 0; i < sizeof answered / sizeof *answered; i++) {
		struct config config;
		struct err err = ERR_INIT;
		char text[400];

		place_put(place, "smtpd.conf", answered[i].text);
		place_put(place, "nets", answered[i].nets);
		assert_int_equal(place_read(place, &config_opensmtpd, NULL, &config, &err), 0);
		place_answers(&config, answered[i].client, answered[i].ptr, true, text, sizeof text);
		if (strcmp(text, answered[i].answer) != 0)
			fail_msg("%s: %s, not %s", answered[i].name, text, answered[i].answer);
		config_release(&config);
	}
	free(fifo);
}

static const struct {
	const char *name, *text;
	enum fact_kind kind;
	const char *says;
} told[] = {
	{ "host bits", "match from src 210.196.1.2/8 for any action \"relay\"", FACT_HOST_BITS, "210.0.0.0/8" },
	{ "a class", "match from src \"10\" for any action \"relay\"", FACT_SYNTAX, "10.0.0.0/8" },
	{ "no network", "match from src \"10.0.0.0/33\" for any action \"relay\"", FACT_DEAD, "equal" },
	{ "a pattern of names", "match from rdns \"*.example.org\" for any action \"relay\"", FACT_DEAD, "whole" },
	{ "nothing left", "match from any for any reject\nmatch from src 10.0.0.0/8 for any action \"relay\"", FACT_SHADOWED, "first rule" },
	{ "a rule with tls", "match tls from any for any action \"relay\"", FACT_REFUSES_SERVICE, "451" },
	{ "the old grammar", "match from any for any reject\naccept from any for any relay", FACT_REFUSES_SERVICE, "6.4" },
	{ "a proxy", "listen on 192.0.2.26 proxy-v2\nmatch from local for any action \"relay\"", FACT_PROXY, "client" },
};

static void test_opensmtpd_tells(void **state)
{
	struct place *place = *state;

	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		char *text = mem_printf(BASE "%s\n", told[i].text);
		const struct fact *fact = NULL;
		struct config config;
		struct err err = ERR_INIT;

		place_put(place, "smtpd.conf", text);
		assert_int_equal(place_read(place, &config_opensmtpd, NULL, &config, &err), 0);
		for (size_t k = 0; k < config.fact_count; k++)
			if (config.facts[k].kind == told[i].kind)
				fact = &config.facts[k];
		if (fact == NULL || strstr(fact->says, told[i].says) == NULL)
			fail_msg("%s: %s", told[i].name, fact != NULL ? fact->says : "not told");
		config_release(&config);
		free(text);
	}
}

static const struct {
	const char *name, *text;
	enum grant_to to;
	const char *covers;
	bool in_force;
} granted[] = {
	{ "a network", "match from src 210.196.1.2/8 for any action \"relay\"", GRANT_ADDRESSES, "210.0.0.0/8", true },
	{ "a network that is decided about", "match from src 10.0.0.0/8 for any reject\nmatch from src 10.1.0.0/16 for any action \"relay\"", GRANT_ADDRESSES,
		"10.1.0.0/16", false },
	{ "all others", "match ! from src 10.0.0.0/8 for any action \"relay\"", GRANT_ADDRESSES, "all addresses but those named", true },
	{ "everybody", "match from any for any action \"relay\"", GRANT_ANYONE, "everybody", true },
	{ "who does not log in", "match ! from auth for any action \"relay\"", GRANT_ANYONE, "everybody", true },
	{ "names", "match from rdns for any action \"relay\"", GRANT_NAME, "*", true },
	{ "a sender", "match from mail-from \"@example.org\" for any action \"relay\"", GRANT_SENDER, "@example.org", true },
	{ "a name in HELO", "match from any helo \"a.example.org\" for any action \"relay\"", GRANT_HELO, "a.example.org", true },
	{ "a top-level domain", "match from any for domain \"*.com\" action \"relay\"", GRANT_RECIPIENT, "com", true },
	{ "a tag that no listener has", "match tag x from any for any action \"relay\"", GRANT_ANYONE, "everybody", false },
	{ "a file with a mistake", "match from any for any action \"relay\"\nmistake", GRANT_ANYONE, "everybody", false },
};

static void test_opensmtpd_grants(void **state)
{
	struct place *place = *state;

	for (size_t i = 0; i < sizeof granted / sizeof *granted; i++) {
		char *text = mem_printf(BASE "%s\n", granted[i].text);
		struct config config;
		struct err err = ERR_INIT;

		place_put(place, "smtpd.conf", text);
		assert_int_equal(place_read(place, &config_opensmtpd, NULL, &config, &err), 0);
		if (config.grant_count != 1 || config.grants[0].to != granted[i].to || strcmp(config.grants[0].covers, granted[i].covers) != 0 ||
		    config.grants[0].in_force != granted[i].in_force)
			fail_msg("%s: %zu grants, %s, %s", granted[i].name, config.grant_count, config.grant_count != 0 ? config.grants[0].covers : "",
				 config.grant_count != 0 && config.grants[0].idle_because != NULL ? config.grants[0].idle_because : "in force");
		config_release(&config);
		free(text);
	}
}

/* Ceilings: a sentence, within a second. */
static void test_opensmtpd_is_bounded(void **state)
{
	static const struct {
		const char *begin, *piece, *says;
		size_t times;
	} rows[] = {
		{ "", "x", "larger", (size_t)10 << 20 },
		{ "m = \"", "x", "", 8000 },
		{ BASE, "match from any for any reject\n", "more than", 3000 },
	};
	struct place *place = *state;
	struct config config;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf text = BUF_OWN;
		int64_t began = clock_now();

		buf_text(&text, rows[i].begin);
		for (size_t k = 0; k < rows[i].times; k++)
			buf_text(&text, rows[i].piece);
		if (i == 1)
			for (buf_text(&text, "\"\n"); text.len < (size_t)3 << 20;)
				buf_text(&text, "$m\n");
		place_put_bytes(place, "smtpd.conf", text.data, text.len);
		assert_int_equal(place_read(place, &config_opensmtpd, NULL, &config, &err), -1);
		assert_non_null(strstr(err.text, rows[i].says));
		assert_true(clock_now() - began < 20 * CLOCK_S);
		config_release(&config);
		buf_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_opensmtpd_answers, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_opensmtpd_tells, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_opensmtpd_grants, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_opensmtpd_is_bounded, make_place, drop_place),
	};

	return cmocka_run_group_tests_name("opensmtpd", tests, NULL, NULL);
}
