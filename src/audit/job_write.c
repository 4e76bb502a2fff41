/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_write.c - an audit's part for one vantage, as a job
 */
#include "audit/job.h"

#include <string.h>

#include "audit/audit.h"
#include "audit/job_rows.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "probe/probe.h"

/* Of an object that holds our own words alone. */
static json_t *written(const struct shape_row *rows, const void *from)
{
	struct err never = ERR_INIT;

	return shape_write(rows, from, &never);
}

static json_t *target_of(const struct audit *audit, const struct host *host)
{
	const struct job_target target = {
		.name = target_host(host->target),
		.hostname = host->hostname,
		.name_known = host->name_known,
		.local_user = audit_local_user(audit, host),
	};
	json_t *object = written(job_target_rows, &target), *list = json_array();
	size_t count;
	const char *const *domains = target_domains(host->target, &count);

	for (size_t i = 0; i < count; i++)
		shape_add(list, json_string(domains[i]));
	shape_set(object, "domains", list);
	return object;
}

/* One for each view of the vantage, in their order. */
static json_t *places_of(const struct host *host, size_t vantage)
{
	json_t *list = json_array();

	for (size_t i = 0; i < host->view_count; i++) {
		const struct view *view = &host->views[i];
		struct job_place place = { .mode = view->mode };
		char text[ADDRESS_TEXT];

		if (view->vantage != vantage)
			continue;
		address_print(&view_endpoint(view)->address, text);
		place.address = text;
		place.port = view_endpoint(view)->address.port;
		place.first = view->attempts[0].number;
		shape_add(list, written(job_place_rows, &place));
	}
	return list;
}

static json_t *limits_of(const struct audit *audit, unsigned max_sessions)
{
	const struct job_limits limits = {
		.timeout = audit->settings.timeout / CLOCK_MS,
		.retry_after = audit->settings.retry_after / CLOCK_MS,
		.max_sessions = max_sessions,
	};

	return written(job_limits_rows, &limits);
}

static json_t *words_of(const struct audit *audit, size_t vantage)
{
	const struct audit_settings *settings = &audit->settings;
	const struct job_words words = {
		.victim = victim_is_reserved(audit->victim) ? NULL : victim_text(audit->victim),
		.victim_literal = audit->victim_literal,
		/* Where senders are tokens, the agent's are its own. */
		.sender = audit->tokens && !settings->sender_named ? NULL : settings->sender,
		.sender_named = settings->sender_named,
		.contact = settings->contact,
		.mx_domain = settings->mx_domain,
		.confirm = settings->confirm,
		.tokens = audit->tokens,
		.classic = settings->classic,
		.relays = audit->vantages[vantage]->expect == EXPECT_RELAY,
	};

	return written(job_words_rows, &words);
}

static json_t *token_of(const struct audit *audit, const char *run)
{
	static const char digits[] = "0123456789abcdef";
	char key[2 * MAC_KEY + 1] = "";
	struct token_run signer;
	struct job_token token;

	if (!audit->settings.confirm)
		return json_null();
	token_run_make(audit->key, run, &signer);
	for (size_t i = 0; i < MAC_KEY; i++) {
		key[2 * i] = digits[signer.bytes[i] >> 4];
		key[2 * i + 1] = digits[signer.bytes[i] & 15];
	}
	token = (struct job_token){ signer.run, key };
	return written(job_token_rows, &token);
}

static int add_probe(json_t *list, const struct probe *probe, struct err *err)
{
	const struct job_script script = { probe->name, probe->text };
	json_t *object = shape_write(job_script_rows, &script, err);

	if (object == NULL)
		return err_prefix(err, "the probe '%s'", probe->name);
	shape_add(list, object);
	return 0;
}

static int add_probes(json_t *list, const struct audit *audit, struct err *err)
{
	if (add_probe(list, audit->known_local, err) != 0 || add_probe(list, audit->unknown_local, err) != 0)
		return -1;
	for (size_t i = 0; i < audit->probe_count; i++)
		if (add_probe(list, audit->probes[i], err) != 0)
			return -1;
	return 0;
}

int job_write(const struct audit *audit, const struct host *host, const struct audit_errand *errand, unsigned max_sessions,
	      struct buf *to, struct err *err)
{
	char nonce[JOB_NONCE + 1];
	const struct job_head head = { .schema = JOB_SCHEMA, .run = audit->run_id, .nonce = nonce, .expires = time(NULL) + JOB_LIFE };
	json_t *probes, *job;

	clock_chance(nonce, JOB_NONCE);
	job = written(job_head_rows, &head);
	shape_set(job, "target", target_of(audit, host));
	shape_set(job, "endpoints", places_of(host, errand->vantage));
	shape_set(job, "limits", limits_of(audit, max_sessions));
	shape_set(job, "settings", words_of(audit, errand->vantage));
	shape_set(job, "token", token_of(audit, errand->run));
	probes = json_array();
	shape_set(job, "probes", probes);
	if (add_probes(probes, audit, err) != 0) {
		json_decref(job);
		return -1;
	}
	shape_print(job, to);
	if (to->cut)
		return err_set(err, ERR_LIMIT, "the job is longer than an agent takes: choose fewer probes, or a suite that has fewer");
	return 0;
}
