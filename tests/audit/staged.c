/* SPDX-License-Identifier: Apache-2.0 */
/*
 * staged.c - audits for tests
 */
#include "staged.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "probe/probe.h"

static void add_vantages(struct staged *staged, const char *const *vantages)
{
	struct audit *audit = staged->audit;
	struct err err = ERR_INIT;

	for (; *vantages != NULL; vantages++) {
		struct vantage *vantage = vantage_parse(*vantages, &err);

		assert_non_null(vantage);
		assert_true(audit->vantage_count < sizeof staged->vantages / sizeof *staged->vantages);
		vantage->helo = mem_text("tester.example.net");
		staged->vantages[audit->vantage_count++] = vantage;
	}
	audit->vantages = staged->vantages;
}

struct staged *staged_new(unsigned max_sessions, const char *const *vantages)
{
	const struct audit_settings settings = { .timeout = 1000000, .max_sessions = max_sessions, .jobs = 1, .sender = "tester@example.net" };
	struct staged *staged = mem_new(sizeof *staged);
	const char *source = getenv("srcdir");
	char *directory = mem_printf("%s/probes", source ? source : ".");
	struct err err = ERR_INIT;

	if (catalogue_read(&staged->catalogue, directory, false, stderr, &err) != 0)
		fail_msg("%s", err.text);
	free(directory);
	staged->audit = audit_new(&settings);
	staged->audit->victim = victim_approve("v@outside.test", "token", &err);
	staged->audit->known_local = staged->catalogue.known_local;
	staged->audit->unknown_local = staged->catalogue.unknown_local;
	add_vantages(staged, vantages);
	return staged;
}

void staged_free(struct staged *staged)
{
	for (size_t i = 0; i < staged->audit->vantage_count; i++)
		vantage_free(staged->vantages[i]);
	free(staged->audit->probes);
	audit_free(staged->audit);
	catalogue_release(&staged->catalogue);
	free(staged);
}

void staged_choose(struct staged *staged, enum suite suite)
{
	free(staged->audit->probes);
	staged->audit->probes = catalogue_suite(&staged->catalogue, suite, &staged->audit->probe_count);
	staged->audit->settings.classic = suite == SUITE_CLASSIC;
}

struct host *staged_host(struct staged *staged, const char *name, const char *const *domains, const char *const *ports)
{
	struct port list[TARGET_PORTS_MOST];
	struct err err = ERR_INIT;
	struct address address;
	struct target *target;
	struct host *host;
	size_t count = 0;

	assert_int_equal(address_parse("127.0.0.1", &address, &err), 0);
	target = target_approve(name, &address, 1, PERMISSION_NONE, &err);
	assert_non_null(target);
	for (; *domains != NULL; domains++)
		target_add_domain(target, *domains);
	for (; ports[count] != NULL; count++)
		assert_int_equal(port_parse(ports[count], &list[count], &err), 0);
	host = audit_add_target(staged->audit, target, NULL, list, count);
	audit_prepare(staged->audit, host);
	return host;
}

struct attempt *staged_attempt(const struct view *view, const char *probe)
{
	for (size_t i = 0; i < view->count; i++)
		if (strcmp(view->attempts[i].probe->name, probe) == 0)
			return &view->attempts[i];
	fail_msg("there is no attempt of %s", probe);
	return NULL;
}
