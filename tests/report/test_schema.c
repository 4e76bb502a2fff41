/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_schema.c - the schema of the JSON report has our words, and no others
 *
 * Reports are validated against it by schema.sh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "audit/audit.h"
#include "audit/finding.h"
#include "probe/attempt.h"
#include "report/json_parts.h"
#include "smtp/reason.h"
#include "smtp/session.h"
#include "vantage/vantage.h"

/* The names of what the schema calls so; NULL stands for what is null there, or is not there. */
static const char *outcome_at(int i)
{
	return outcome_name((enum outcome)i);
}

static const char *proof_at(int i)
{
	return proof_name((enum proof)i);
}

static const char *reason_at(int i)
{
	return i == REASON_NONE ? NULL : reason_name((enum reason)i);
}

static const char *stage_at(int i)
{
	return stage_name((enum stage)i);
}

static const char *verdict_at(int i)
{
	return verdict_name((enum verdict)i);
}

static const char *reach_at(int i)
{
	return reach_name((enum reach)i);
}

static const char *severity_at(int i)
{
	return severity_name((enum severity)i);
}

static const char *tls_at(int i)
{
	return tls_mode_name((enum tls_mode)i);
}

static const char *expect_at(int i)
{
	return expect_name((enum expect)i);
}

static json_t *load_schema(void)
{
	const char *top = getenv("srcdir");
	char path[4096];
	json_error_t error;
	json_t *schema;

	snprintf(path, sizeof path, "%s/docs/relayaudit-report-1.schema.json", top ? top : ".");
	schema = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (schema == NULL)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	return schema;
}

static void test_the_schema_has_our_vocabularies(void **state)
{
	static const struct {
		const char *name;
		int count;
		const char *(*at)(int i);
	} rows[] = {
		{ "outcome", OUTCOMES, outcome_at },       { "proof", PROOFS, proof_at },
		{ "reason", REASONS, reason_at },          { "stage", STAGES, stage_at },
		{ "verdict", VERDICTS, verdict_at },       { "reach", REACHES, reach_at },
		{ "severity", SEVERITIES, severity_at },   { "tls", TLS_MODE_IMPLICIT + 1, tls_at },
		{ "expect", EXPECT_RELAY + 1, expect_at },
	};
	json_t *schema = load_schema();

	(void)state;
	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
		const json_t *names = json_object_get(json_object_get(json_object_get(schema, "$defs"), rows[r].name), "enum");
		size_t used = 0;

		for (int i = 0; i < rows[r].count; i++) {
			const char *name = rows[r].at(i), *other;

			if (name == NULL)
				continue;
			other = json_string_value(json_array_get(names, used++));
			if (other == NULL || strcmp(name, other) != 0)
				fail_msg("%s: %s in the schema, where %s is ours", rows[r].name, other ? other : "nothing", name);
		}
		if (json_array_size(names) != used)
			fail_msg("%s: the schema has more than our %zu", rows[r].name, used);
	}
	json_decref(schema);
}

/* Whatever is an object is described and takes no member that is not. */
static void assert_strict(const json_t *schema, const char *name)
{
	const json_t *properties = json_object_get(schema, "properties");
	const char *key;
	json_t *member;

	if (properties == NULL)
		return;
	if (!json_is_false(json_object_get(schema, "additionalProperties")))
		fail_msg("%s takes any member", name);
	json_object_foreach((json_t *)(uintptr_t)properties, key, member)
	{
		if (json_string_length(json_object_get(member, "description")) == 0)
			fail_msg("%s: %s is not described", name, key);
		assert_strict(member, key);
	}
}

static void test_the_schema_is_strict_and_described(void **state)
{
	json_t *schema = load_schema(), *name, *member;
	const char *key;

	(void)state;
	assert_strict(schema, "the report");
	json_object_foreach(json_object_get(schema, "$defs"), key, member) assert_strict(member, key);
	name = json_object_get(json_object_get(json_object_get(schema, "properties"), "schema"), "const");
	assert_string_equal(json_string_value(name), PART_SCHEMA);
	json_decref(schema);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_schema_has_our_vocabularies),
		cmocka_unit_test(test_the_schema_is_strict_and_described),
	};

	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
