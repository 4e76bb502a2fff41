/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_classes.c - who is treated alike, against each address asked one by one
 */
#include "audit/classes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/finding.h"
#include "base/err.h"
#include "base/pool.h"
#include "mta/config.h"
#include "mta/config_kind.h"

static struct address address_from(const char *text)
{
	struct address address;
	struct err err = ERR_INIT;

	if (address_parse(text, &address, &err) != 0)
		fail_msg("%s", err.text);
	return address;
}

static struct config begin(void)
{
	static const struct config_kind kind = { .mta = "postfix", .as_client = "xclient:" };

	return (struct config){ .pool = pool_new(), .kind = &kind };
}

static struct grant *add(struct config *config, const char *setting, const char *network)
{
	struct grant *grant = config_add_grant(config, GRANT_ADDRESSES, "main.cf:3", setting);
	struct prefix prefix;
	struct err err = ERR_INIT;
	bool host_bits;

	if (prefix_parse(network, &prefix, &host_bits, &err) != 0)
		fail_msg("%s", err.text);
	config_set_network(config, grant, &prefix, host_bits);
	grant->value = network;
	grant->in_force = true;
	return grant;
}

static void end(struct config *config)
{
	for (size_t i = 0; i < config->grant_count; i++)
		prefixset_release(&config->grants[i].addresses);
	free(config->grants);
	pool_free(config->pool);
}

/* Which class has the address; -1. */
static int class_with(const struct classes *classes, const char *text)
{
	struct address address = address_from(text);
	int found = -1;

	for (size_t i = 0; i < classes->count; i++) {
		if (prefixset_has(&classes->rows[i].addresses, &address)) {
			assert_int_equal(found, -1);
			found = (int)i;
		}
	}
	return found;
}

static void test_classes_overlapping_grants_make_classes(void **state)
{
	struct config config = begin();
	struct classes classes;

	(void)state;
	add(&config, "mynetworks", "10.0.0.0/8");
	add(&config, "access", "10.1.0.0/16");
	add(&config, "mynetworks", "255.0.0.0/8");
	add(&config, "mynetworks", "::/0");
	add(&config, "access", "2001:db8::/32");
	add(&config, "mynetworks", "198.51.100.0/24")->in_force = false;
	classes_find(&config, &classes);
	assert_int_equal(classes.count, 5);
	assert_int_equal(class_with(&classes, "10.0.0.0"), class_with(&classes, "10.2.0.0"));
	assert_int_equal(class_with(&classes, "10.0.255.255"), class_with(&classes, "10.255.255.255"));
	assert_int_not_equal(class_with(&classes, "10.1.0.0"), class_with(&classes, "10.2.0.0"));
	assert_int_equal(classes.rows[class_with(&classes, "10.1.255.255")].grant_count, 2);
	assert_int_equal(class_with(&classes, "255.255.255.255"), class_with(&classes, "255.0.0.0"));
	assert_int_equal(class_with(&classes, "::"), class_with(&classes, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
	assert_int_not_equal(class_with(&classes, "::"), class_with(&classes, "2001:db8::1"));
	assert_int_equal(class_with(&classes, "9.255.255.255"), -1);
	assert_int_equal(class_with(&classes, "11.0.0.0"), -1);
	assert_int_equal(class_with(&classes, "198.51.100.7"), -1);
	classes_release(&classes);
	end(&config);
}

/* Chance networks of a small space: each address is in the class of exactly the grants that have it. */
static void test_classes_agree_with_each_address(void **state)
{
	(void)state;
	srand(7);
	for (int round = 0; round < 200; round++) {
		struct config config = begin();
		struct classes classes;
		int count = 1 + rand() % 8;

		for (int i = 0; i < count; i++) {
			char text[40];
			unsigned length = 24 + (unsigned)rand() % 9, host = (unsigned)rand() % 256 & ~((1u << (32 - length)) - 1);

			snprintf(text, sizeof text, "192.0.2.%u/%u", host, length);
			add(&config, "mynetworks", pool_text(config.pool, text));
		}
		classes_find(&config, &classes);
		for (int i = 0; i < 256; i++) {
			char text[40];
			struct address address;
			int class;
			size_t expected = 0;

			snprintf(text, sizeof text, "192.0.2.%d", i);
			address = address_from(text);
			class = class_with(&classes, text);
			for (size_t g = 0; g < config.grant_count; g++) {
				if (!prefixset_has(&config.grants[g].addresses, &address))
					continue;
				assert_int_not_equal(class, -1);
				assert_in_range(expected, 0, classes.rows[class].grant_count - 1);
				assert_int_equal(classes.rows[class].grants[expected], g);
				expected++;
			}
			assert_int_equal(expected, class < 0 ? 0 : classes.rows[class].grant_count);
		}
		classes_release(&classes);
		end(&config);
	}
}

static void test_classes_what_no_vantage_is_inside_is_told(void **state)
{
	struct config config = begin();
	struct findings findings = { .count = 0 };
	struct prefixset own = PREFIXSET_INIT;
	struct prefix loopback;
	struct address clients[] = { address_from("192.168.7.9"), address_from("203.0.113.1") }, zero = address_from("127.0.0.0");

	(void)state;
	prefix_of(&zero, 8, &loopback);
	prefixset_add(&own, &loopback);
	prefixset_settle(&own);
	add(&config, "mynetworks", "127.0.0.0/8");
	add(&config, "mynetworks", "210.0.0.0/8");
	add(&config, "mynetworks", "192.168.7.0/24");
	classes_findings(&config, &own, clients, 2, &findings);
	assert_int_equal(findings.count, 1);
	assert_string_equal(findings.rows[0].id, "trust-untested");
	assert_int_equal(findings.rows[0].severity, SEVERITY_LOW);
	assert_string_equal(findings.rows[0].title, "no vantage asks as 2 of the 3 groups of clients that mynetworks lets relay");
	assert_int_equal(findings.rows[0].evidence_count, 2);
	assert_string_equal(findings.rows[0].evidence[0], "127.0.0.0/8 by main.cf:3, 16,777,216 addresses: xclient:127.0.0.1");
	assert_string_equal(findings.rows[0].evidence[1], "210.0.0.0/8 by main.cf:3, 16,777,216 addresses: xclient:210.0.0.1");
	findings_release(&findings);
	config.grant_count = 1;
	classes_findings(&config, &own, clients, 2, &findings);
	assert_int_equal(findings.count, 1);
	assert_int_equal(findings.rows[0].severity, SEVERITY_INFO);
	findings_release(&findings);
	config.grant_count = 3;
	prefixset_release(&own);
	end(&config);
}

static void test_classes_no_grant_no_class(void **state)
{
	struct config config = begin();
	struct classes classes;

	(void)state;
	classes_find(&config, &classes);
	assert_int_equal(classes.count, 0);
	classes_release(&classes);
	for (int i = 0; i < CLASSES_MOST + 5; i++) {
		char text[40];

		snprintf(text, sizeof text, "10.%d.%d.1", i / 200, i % 200);
		add(&config, "mynetworks", pool_text(config.pool, text));
	}
	classes_find(&config, &classes);
	assert_int_equal(classes.count, CLASSES_MOST);
	assert_true(classes.cut);
	classes_release(&classes);
	end(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes_overlapping_grants_make_classes),
		cmocka_unit_test(test_classes_agree_with_each_address),
		cmocka_unit_test(test_classes_what_no_vantage_is_inside_is_told),
		cmocka_unit_test(test_classes_no_grant_no_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
