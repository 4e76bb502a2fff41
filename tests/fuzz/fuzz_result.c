/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_result.c - whatever an agent may answer, a line
 *
 * What is believed leaves an attempt that a verdict can be made of, and nothing that a terminal would act on.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/result.h"
#include "audit/verdict.h"
#include "base/complaint.h"
#include "base/err.h"
#include "base/mem.h"
#include "probe/parse.h"
#include "probe/probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_text(const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		check((*text >= ' ' && *text <= '~') || *text == '\n');
}

/* A controller's view of one server, with one probe. */
struct theatre {
	struct audit *audit;
	struct probe *probes[3];
	struct vantage *vantage;
	struct view *view;
};

static struct probe *probe_of(const char *name, const char *more, const char *to)
{
	struct complaints complaints;
	char *file = mem_printf("%s.probe", name);
	char *text = mem_printf("name: %s\ntitle: t\n%s\nexplain: e\nbites: *: b\nfix: *: f\nreference: r\n\n"
				" -> MAIL FROM:<{sender}>\n<-  expect 2xx\n -> RCPT TO:<%s>\n<-  decide 2xx\n",
				name, more, to);
	struct probe *probe;

	complaints_init(&complaints, file);
	probe = probe_parse(file, text, strlen(text), &complaints);
	complaints_release(&complaints);
	free(file);
	free(text);
	return probe;
}

static void set_stage(struct theatre *theatre)
{
	static const struct audit_settings settings = { .timeout = 1000000, .max_sessions = 1, .jobs = 1, .sender = "a@b.test", .confirm = true };
	struct address address;
	struct err err = ERR_INIT;
	struct port port = { .number = 25 };
	struct target *target;

	theatre->audit = audit_new(&settings);
	theatre->vantage = vantage_parse("far=agent:https://a.test?ca=/a&certificate=/b&key=/c", &err);
	theatre->vantage->helo = mem_text("far.test");
	theatre->audit->vantages = &theatre->vantage;
	theatre->audit->vantage_count = 1;
	theatre->audit->victim = victim_approve("v@outside.test", "token", &err);
	theatre->probes[0] = probe_of("ctl-known-local", "control: known-local", "{local_user}@{domain}");
	theatre->probes[1] = probe_of("ctl-unknown-local", "control: unknown-local", "{rand}@{domain}");
	theatre->probes[2] = probe_of("plain", "suites: default=1 thorough", "{victim}");
	check(theatre->probes[0] != NULL && theatre->probes[1] != NULL && theatre->probes[2] != NULL);
	theatre->audit->known_local = theatre->probes[0];
	theatre->audit->unknown_local = theatre->probes[1];
	theatre->audit->probes = mem_new(sizeof *theatre->audit->probes);
	theatre->audit->probes[0] = theatre->probes[2];
	theatre->audit->probe_count = 1;
	check(address_parse("127.0.0.1", &address, &err) == 0);
	target = target_approve("127.0.0.1", &address, 1, PERMISSION_NONE, &err);
	target_add_domain(target, "host.test");
	audit_prepare(theatre->audit, audit_add_target(theatre->audit, target, NULL, &port, 1));
	theatre->view = theatre->audit->hosts[0]->views;
}

static void strike_stage(struct theatre *theatre)
{
	free(theatre->audit->probes);
	audit_free(theatre->audit);
	vantage_free(theatre->vantage);
	for (int i = 0; i < 3; i++)
		probe_free(theatre->probes[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result result;
	struct err err = ERR_INIT;
	struct theatre theatre;

	if (result_read((const char *)data, size, &result, &err) != 0) {
		check(err.kind != ERR_NONE);
		check_text(err.text);
		return 0;
	}
	set_stage(&theatre);
	if (result.kind == RESULT_ATTEMPT)
		result_use_attempt(theatre.audit, theatre.view, &result.of.attempt, &err);
	else if (result.kind == RESULT_VIEW)
		result_use_view(theatre.audit, theatre.view, &result.of.view, &err);
	else if (result.kind == RESULT_FAULT)
		check_text(result.of.fault);
	for (size_t i = 0; i < theatre.view->count; i++) {
		const struct attempt *attempt = &theatre.view->attempts[i];

		check_text(attempt->reply);
		check_text(attempt->rcpt_to);
		check_text(attempt->transcript);
		check(attempt->proof <= PROOF_DATA);
		check(attempt->outcome == OUTCOME_ACCEPTED || attempt->proof == PROOF_NONE);
	}
	check_text(theatre.view->banner);
	check_text(theatre.view->host->hostname);
	check_text(err.text);
	audit_judge(theatre.audit);
	strike_stage(&theatre);
	result_release(&result);
	return 0;
}
