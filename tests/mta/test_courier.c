/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_courier.c - Courier's configuration, from files below a root
 *
 * What the real programs say is compared in tests/mta/config.sh; here are what that can't
 * show, and what is hostile.
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

#include "base/clock.h"
#include "base/mem.h"
#include "../fake/place.h"

#define ESMTPD "/etc/courier/esmtpd"
#define RULES "/etc/courier/smtpaccess/default"
#define SETTINGS "ACCESSFILE=${sysconfdir}/smtpaccess\n"

static void put_number(unsigned char *at, size_t size, size_t value)
{
	for (size_t i = 0; i < size; i++, value >>= 8)
		at[i] = (unsigned char)(value & 255);
}

/* A file of one record, as gdbm lays it out. */
static void put_dat(const struct place *place, const char *key, const char *value)
{
	enum { DIRECTORY = 64, BUCKET = 128, SIZE = 256, DATA = BUCKET + SIZE };
	unsigned char bytes[DATA + 200] = { 0 };
	size_t key_len = strlen(key), len = strlen(value);

	put_number(bytes, 4, 0x13579acf);
	put_number(bytes + 8, 8, DIRECTORY);
	put_number(bytes + 16, 4, 8);
	put_number(bytes + 24, 4, SIZE);
	put_number(bytes + 28, 4, (SIZE - 112) / 24);
	put_number(bytes + DIRECTORY, 8, BUCKET);
	memset(bytes + BUCKET + 112, 255, SIZE - 112);
	put_number(bytes + BUCKET + 112, 4, 1);
	put_number(bytes + BUCKET + 120, 8, DATA);
	put_number(bytes + BUCKET + 128, 4, key_len);
	put_number(bytes + BUCKET + 132, 4, len);
	memcpy(bytes + DATA, key, key_len);
	memcpy(bytes + DATA + key_len, value, len);
	place_put_bytes(place, "/etc/courier/smtpaccess.dat", bytes, DATA + key_len + len);
}

static int make_place(void **state)
{
	struct place *place = place_make("/etc/courier");

	place_put(place, ESMTPD, SETTINGS);
	*state = place;
	return 0;
}

static int drop_place(void **state)
{
	place_drop(*state);
	return 0;
}

static const struct {
	const char *name, *settings, *client, *answer;
} settings[] = {
	{ "the usual", SETTINGS, "210.0.0.1", "permit" },
	{ "and a stranger", SETTINGS, "8.8.8.8", "reject" },
	{ "rules that only the shell knows", "ACCESSFILE=`cat where`\n", "8.8.8.8", "unknown" },
	{ "the variable in an if", SETTINGS "if test -f x; then RELAYCLIENT=; fi\n", "8.8.8.8", "unknown" },
	{ "whatever eval sets", SETTINGS "eval $X\n", "8.8.8.8", "unknown" },
	{ "a DNS list that lets relay", SETTINGS "BLACKLISTS=-allow=list.example,RELAYCLIENT\n", "8.8.8.8", "unknown" },
	{ "a DNS list that refuses", SETTINGS "BLACKLISTS=-block=list.example\n", "210.0.0.1", "unknown" },
	{ "and whom it refuses anyway", SETTINGS "BLACKLISTS=-block=list.example\n", "8.8.8.8", "reject" },
	{ "SPF", SETTINGS "BOFHSPFMAILFROM=pass\n", "210.0.0.1", "unknown" },
	{ "SPF but not for relays", SETTINGS "BOFHSPFMAILFROM=pass\nBOFHSPFTRUSTME=1\n", "210.0.0.1", "permit" },
	{ "its own address, too", SETTINGS "TCPDOPTS='-accesslocal'\n", "210.0.0.1", "unknown" },
	{ "a file that reads itself", SETTINGS ". " ESMTPD "\n", "210.0.0.1", "unknown" },
	{ "quotes without an end", SETTINGS "X=\"${X:-`", "210.0.0.1", "permit" },
	{ "nothing", "", "210.0.0.1", "reject" },
};

static void test_courier_reads_its_settings(void **state)
{
	put_dat(*state, "210", "allow,RELAYCLIENT");
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		struct config config;
		const char *got;

		place_put(*state, ESMTPD, settings[i].settings);
		place_must_read(*state, &config_courier, NULL, &config);
		got = place_answer(&config, settings[i].client, NULL);
		if (strcmp(got, settings[i].answer) != 0)
			fail_msg("%s: %s instead of %s", settings[i].name, got, settings[i].answer);
		config_release(&config);
	}
}

static void test_courier_tells_text_and_compiled_apart(void **state)
{
	struct config config;

	put_dat(*state, "210", "allow,RELAYCLIENT");
	place_put(*state, RULES, "# the office\n210.196.1.2/8\tallow,RELAYCLIENT\n10.\tallow,RELAYCLIENT\n192.168\tallow,RELAYCLIENT\n");
	place_must_read(*state, &config_courier, NULL, &config);
	assert_int_equal(config.grant_count, 3);
	assert_string_equal(config.grants[0].source, RULES ":2");
	assert_string_equal(config.grants[0].covers, "210.0.0.0/8");
	assert_true(config.grants[0].in_force && config.grants[0].host_bits);
	/* What was meant, as soon as somebody mends it. */
	assert_string_equal(config.grants[1].covers, "10.0.0.0/8");
	assert_false(config.grants[1].in_force || config.grants[2].in_force);
	assert_non_null(place_fact(&config, FACT_STALE));
	assert_non_null(place_fact(&config, FACT_DEAD));
	config_release(&config);
	place_put(*state, RULES, "210\tallow,RELAYCLIENT\n210.0.0.0/8\tallow\n");
	place_must_read(*state, &config_courier, NULL, &config);
	assert_string_equal(place_fact(&config, FACT_SYNTAX)->source, RULES ":2");
	assert_string_equal(place_answer(&config, "210.0.0.1", NULL), "permit");
	config_release(&config);
	place_put(*state, "/etc/courier/smtpaccess.dat", "none");
	place_must_read(*state, &config_courier, NULL, &config);
	assert_string_equal(place_answer(&config, "210.0.0.1", NULL), "reject");
	config_release(&config);
}

static void test_courier_takes_out_what_longer_keys_say(void **state)
{
	struct config config;
	char digits[PREFIXSET_COUNT];

	place_put(*state, "/rules", "10\tallow,RELAYCLIENT\n10.1\tdeny\n10.1.2\tallow,RELAYCLIENT\n*\tallow,RELAYCLIENT\n192.0.2.1-192.0.2.3\tallow\n"
			      "198.51.100.0-198.51.100.2\tallow,RELAYCLIENT\n");
	place_must_read(*state, &config_courier, "/rules", &config);
	assert_int_equal(config.grant_count, 4);
	prefixset_count(&config.grants[0].addresses, AF_INET, digits);
	assert_string_equal(digits, "16711680");
	prefixset_count(&config.grants[1].addresses, AF_INET, digits);
	assert_string_equal(digits, "256");
	prefixset_count(&config.grants[2].addresses, AF_INET, digits);
	assert_string_equal(digits, "4294901757"); /* 2^32 - 2^16 - 3 */
	prefixset_count(&config.grants[3].addresses, AF_INET, digits);
	assert_string_equal(digits, "3");
	assert_string_equal(place_answer(&config, "2001:db8::1", NULL), "permit");
	assert_string_equal(place_answer(&config, "::ffff:10.1.0.1", NULL), "reject");
	config_release(&config);
	place_put(*state, "/rules", "10\tallow,RELAYCLIENT\n10\tdeny\n");
	place_must_read(*state, &config_courier, "/rules", &config);
	assert_string_equal(place_answer(&config, "10.0.0.1", NULL), "unknown");
	config_release(&config);
}

static void test_courier_ends_soon_on_what_is_hostile(void **state)
{
	enum { BIG = 3 << 20 };
	char *big = mem_resize(NULL, BIG, 1), *path = place_path(*state, "/etc/courier/smtpaccess/fifo");
	int64_t began = clock_now();
	struct config config;

	put_dat(*state, "210", "allow,RELAYCLIENT");
	for (size_t i = 0; i + 8 <= BIG; i += 8)
		memcpy(big + i, "::/1\tx\n\n", 8);
	place_put_bytes(*state, RULES, big, BIG);
	assert_int_equal(mkfifo(path, 0644), 0);
	place_must_read(*state, &config_courier, NULL, &config);
	assert_string_equal(place_answer(&config, "210.0.0.1", NULL), "permit");
	config_release(&config);
	memset(big, '1', BIG);
	place_put_bytes(*state, RULES, big, BIG);
	place_put_bytes(*state, "/etc/courier/esmtpacceptmailfor", big, BIG);
	place_put_bytes(*state, "/etc/courier/smtpaccess.dat", big, BIG);
	place_must_read(*state, &config_courier, NULL, &config);
	assert_string_equal(place_answer(&config, "8.8.8.8", NULL), "reject");
	config_release(&config);
	memset(big, '(', BIG);
	place_put_bytes(*state, ESMTPD, big, BIG);
	place_must_read(*state, &config_courier, NULL, &config);
	assert_string_equal(place_answer(&config, "8.8.8.8", NULL), "reject");
	config_release(&config);
	if (clock_now() - began > 60 * CLOCK_S)
		fail_msg("that took too long");
	free(path);
	free(big);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, drop_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_courier_reads_its_settings),
		TEST(test_courier_tells_text_and_compiled_apart),
		TEST(test_courier_takes_out_what_longer_keys_say),
		TEST(test_courier_ends_soon_on_what_is_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
