/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_masks.c - grants and facts as findings, with their severities and numbers
 */
#include "audit/masks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "audit/exception.h"
#include "audit/finding.h"
#include "audit/space.h"
#include "base/err.h"
#include "base/pool.h"
#include "mta/config.h"

static struct prefix prefix_from(const char *text)
{
	struct prefix prefix;
	struct err err = ERR_INIT;
	bool host_bits;

	if (prefix_parse(text, &prefix, &host_bits, &err) != 0)
		fail_msg("%s", err.text);
	return prefix;
}

static void own_networks(struct prefixset *own)
{
	static const char *const texts[] = { "127.0.0.0/8", "::1/128", "192.0.2.0/24", "10.7.0.0/16" };

	*own = (struct prefixset)PREFIXSET_INIT;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct prefix prefix = prefix_from(texts[i]);

		prefixset_add(own, &prefix);
	}
	prefixset_settle(own);
}

/* The findings of one grant or fact. */
static void judge(struct config *config, struct findings *findings, bool *open)
{
	struct prefixset own;

	own_networks(&own);
	*findings = (struct findings){ .count = 0 };
	masks_findings(config, &own, findings, open);
	prefixset_release(&own);
}

static const struct {
	const char *network, *id;
	enum severity severity;
	bool in_force, open;
} networks[] = {
	{ "210.0.0.0/8", "trust-oversized", SEVERITY_CRITICAL, true, true },
	{ "210.0.0.0/8", "trust-oversized", SEVERITY_HIGH, false, false },
	{ "0.0.0.0/0", "trust-oversized", SEVERITY_CRITICAL, true, true },
	{ "::/0", "trust-oversized", SEVERITY_CRITICAL, true, true },
	{ "8.8.0.0/15", "trust-oversized", SEVERITY_CRITICAL, true, true },
	{ "8.8.0.0/16", "trust-oversized", SEVERITY_HIGH, true, true },
	{ "8.8.8.0/23", "trust-oversized", SEVERITY_HIGH, true, true },
	{ "8.8.8.0/24", "trust-oversized", SEVERITY_LOW, true, false },
	{ "8.8.8.0/28", "trust-oversized", SEVERITY_LOW, true, false },
	{ "8.8.8.0/29", NULL, SEVERITY_INFO, true, false },
	{ "8.8.8.8/32", NULL, SEVERITY_INFO, true, false },
	{ "203.0.113.0/24", "trust-oversized", SEVERITY_LOW, true, false },
	{ "2a00::/31", "trust-oversized", SEVERITY_CRITICAL, true, true },
	{ "2a00::/32", "trust-oversized", SEVERITY_HIGH, true, true },
	{ "2a00::/47", "trust-oversized", SEVERITY_HIGH, true, true },
	{ "2a00::/48", "trust-oversized", SEVERITY_LOW, true, false },
	{ "2a00::/64", NULL, SEVERITY_INFO, true, false },
	{ "172.0.0.0/8", "trust-oversized", SEVERITY_CRITICAL, true, true },
	{ "192.0.0.0/8", "trust-oversized", SEVERITY_CRITICAL, true, true },
	{ "100.64.0.0/10", "trust-oversized", SEVERITY_HIGH, true, true },
	{ "100.64.3.0/24", "trust-oversized", SEVERITY_HIGH, true, true },
	{ "10.0.0.0/8", "trust-oversized", SEVERITY_MEDIUM, true, false },
	{ "192.168.0.0/16", "trust-oversized", SEVERITY_MEDIUM, true, false },
	{ "192.168.1.0/24", NULL, SEVERITY_INFO, true, false },
	{ "fc00::/7", "trust-oversized", SEVERITY_MEDIUM, true, false },
	{ "fe80::/10", NULL, SEVERITY_INFO, true, false },
	{ "fe80::/64", NULL, SEVERITY_INFO, true, false },
	{ "127.0.0.0/8", NULL, SEVERITY_INFO, true, false },
	{ "192.0.2.0/24", NULL, SEVERITY_INFO, true, false },
	{ "10.7.0.0/16", NULL, SEVERITY_INFO, true, false },
	{ "172.17.0.0/16", "trust-bridge", SEVERITY_MEDIUM, true, false },
	{ "172.16.0.0/12", "trust-bridge", SEVERITY_MEDIUM, true, false },
	{ "172.22.1.0/24", "trust-bridge", SEVERITY_MEDIUM, true, false },
	{ "fd4d:6169:6c63:6f77::/64", "trust-bridge", SEVERITY_MEDIUM, true, false },
	{ "192.168.203.0/24", "trust-bridge", SEVERITY_MEDIUM, true, false },
	{ "10.88.0.0/16", "trust-bridge", SEVERITY_MEDIUM, true, false },
};

static void test_masks_networks_by_size_and_kind_of_space(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
		struct config config = { .pool = pool_new() };
		struct grant *grant = config_add_grant(&config, GRANT_ADDRESSES, "main.cf:12", "mynetworks");
		struct prefix network = prefix_from(networks[i].network);
		struct findings findings;
		bool open;

		grant->value = networks[i].network;
		grant->in_force = networks[i].in_force;
		grant->idle_because = networks[i].in_force ? NULL : "it is broken";
		config_set_network(&config, grant, &network, false);
		judge(&config, &findings, &open);
		if (findings.count != (networks[i].id != NULL))
			fail_msg("%s: %zu findings", networks[i].network, findings.count);
		if (networks[i].id != NULL && (strcmp(findings.rows[0].id, networks[i].id) != 0 || findings.rows[0].severity != networks[i].severity))
			fail_msg("%s: %s %s", networks[i].network, findings.rows[0].id, severity_name(findings.rows[0].severity));
		if (open != networks[i].open)
			fail_msg("%s: open %d", networks[i].network, open);
		findings_release(&findings);
		config_release(&config);
	}
}

static void test_masks_the_founding_line_in_numbers(void **state)
{
	struct config config = { .pool = pool_new() };
	struct grant *grant = config_add_grant(&config, GRANT_ADDRESSES, "main.cf:12", "mynetworks");
	struct prefix network = prefix_from("210.196.1.2/8");
	struct findings findings;
	bool open;

	(void)state;
	grant->value = "210.196.1.2/8";
	config_set_network(&config, grant, &network, true);
	judge(&config, &findings, &open);
	assert_int_equal(findings.count, 1);
	assert_string_equal(findings.rows[0].where, "main.cf:12");
	assert_string_equal(findings.rows[0].evidence[0], "main.cf:12: mynetworks: 210.196.1.2/8");
	assert_string_equal(findings.rows[0].evidence[1],
			    "210.196.1.2/8 covers 210.0.0.0 to 210.255.255.255: 16,777,216 addresses, 1 in 256 of all IPv4");
	findings_release(&findings);
	config_release(&config);
}

static void test_masks_what_is_no_network(void **state)
{
	static const struct {
		enum grant_to to;
		const char *covers, *value, *id;
		enum severity severity;
	} rows[] = {
		{ GRANT_NAME, "example.net", "example.net", "trust-by-name", SEVERITY_MEDIUM },
		{ GRANT_NAME, "com", "com", "trust-by-name", SEVERITY_CRITICAL },
		{ GRANT_NAME, "unknown", "unknown", "trust-by-name", SEVERITY_CRITICAL },
		{ GRANT_NAME, "localhost", "localhost", "trust-by-name", SEVERITY_MEDIUM },
		{ GRANT_HELO, "friend", "friend OK", "trust-by-name", SEVERITY_HIGH },
		{ GRANT_SENDER, "example.org", "example.org OK", "sender-based-relay", SEVERITY_HIGH },
		{ GRANT_ANYONE, "anyone", "permit", "trust-oversized", SEVERITY_CRITICAL },
		{ GRANT_RECIPIENT, "permit_mx_backup", "permit_mx_backup", "trust-by-name", SEVERITY_MEDIUM },
		{ GRANT_RECIPIENT, "com", "com OK", "trust-by-name", SEVERITY_HIGH },
		{ GRANT_RECIPIENT, "example.net", "example.net OK", NULL, SEVERITY_INFO },
		{ GRANT_LOGIN, "whoever logs in", "permit_sasl_authenticated", NULL, SEVERITY_INFO },
		{ GRANT_CERTIFICATE, "a certificate", "permit_tls_clientcerts", NULL, SEVERITY_INFO },
		{ GRANT_UNKNOWN, "not known", "ldap:x", NULL, SEVERITY_INFO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct config config = { .pool = pool_new() };
		struct grant *grant = config_add_grant(&config, rows[i].to, "main.cf:12", "mynetworks");
		struct findings findings;
		bool open;

		grant->value = rows[i].value;
		grant->covers = rows[i].covers;
		judge(&config, &findings, &open);
		assert_int_equal(findings.count, rows[i].id != NULL);
		if (rows[i].id != NULL && (strcmp(findings.rows[0].id, rows[i].id) != 0 || findings.rows[0].severity != rows[i].severity))
			fail_msg("%s: %s %s", rows[i].covers, findings.rows[0].id, severity_name(findings.rows[0].severity));
		findings_release(&findings);
		config_release(&config);
	}
}

static void test_masks_each_fact_has_a_finding_that_an_exception_may_name(void **state)
{
	(void)state;
	for (int kind = 0; kind < FACT_KINDS; kind++) {
		struct config config = { .pool = pool_new() };
		struct fact *fact = config_add_fact(&config, (enum fact_kind)kind, "main.cf:7");
		struct findings findings;
		struct err err = ERR_INIT;
		bool open;

		fact->title = "a title";
		fact->says = "a sentence";
		judge(&config, &findings, &open);
		assert_int_equal(findings.count, 1);
		assert_int_equal(exception_check_finding(findings.rows[0].id, &err), 0);
		assert_string_equal(findings.rows[0].where, "main.cf:7");
		assert_int_equal(masks_is_unsure(&findings), kind == FACT_NOT_EVALUATED || kind == FACT_REFUSES_SERVICE);
		findings_release(&findings);
		config_release(&config);
	}
}

static void test_masks_xclient_from_loopback_alone_is_nothing(void **state)
{
	static const struct {
		const char *network;
		int severity;
	} rows[] = {
		{ "127.0.0.0/8", -1 }, { "10.1.2.3/32", SEVERITY_LOW }, { "8.8.8.8/32", SEVERITY_LOW }, { "10.0.0.0/8", SEVERITY_MEDIUM },
		{ "0.0.0.0/0", SEVERITY_CRITICAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct config config = { .pool = pool_new() };
		struct fact *fact = config_add_fact(&config, FACT_XCLIENT, "main.cf:7");
		struct prefix network = prefix_from(rows[i].network);
		struct findings findings;
		bool open;

		prefixset_add(&fact->addresses, &network);
		prefixset_settle(&fact->addresses);
		judge(&config, &findings, &open);
		assert_int_equal(findings.count, rows[i].severity >= 0);
		if (rows[i].severity >= 0)
			assert_int_equal(findings.rows[0].severity, rows[i].severity);
		findings_release(&findings);
		config_release(&config);
	}
}

static void test_space_shares_in_words(void **state)
{
	struct prefix six = prefix_from("2001:db8::/48"), all = prefix_from("0.0.0.0/0");
	char share[40];

	(void)state;
	space_share(&six, share);
	assert_string_equal(share, "1 in 2^48 of all IPv6");
	space_share(&all, share);
	assert_string_equal(share, "all of IPv4");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_masks_networks_by_size_and_kind_of_space),
		cmocka_unit_test(test_masks_the_founding_line_in_numbers),
		cmocka_unit_test(test_masks_what_is_no_network),
		cmocka_unit_test(test_masks_each_fact_has_a_finding_that_an_exception_may_name),
		cmocka_unit_test(test_masks_xclient_from_loopback_alone_is_nothing),
		cmocka_unit_test(test_space_shares_in_words),
	};

	return cmocka_run_group_tests_name("masks", tests, NULL, NULL);
}
