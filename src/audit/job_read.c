/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_read.c - a job out of bytes
 *
 * Whoever writes it is known, and not trusted: whatever goes into a line of SMTP is
 * looked at here, as the command line's own words are when they are read.
 */
#include "audit/job.h"

#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/job_rows.h"
#include "base/clock.h"
#include "base/complaint.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/mac.h"
#include "probe/parse.h"
#include "probe/probe.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

enum { DOMAIN_MOST = 255 };

static int check_words(const char *what, const char *text, const char *allowed, struct err *err)
{
	if (text == NULL || (text[0] != '\0' && text[strspn(text, allowed)] == '\0'))
		return 0;
	return err_set(err, ERR_PROTO, "%s holds what it may not", what);
}

/* A host name, a domain, a mailbox without its domain, or an address, with the brackets of a literal: nothing that ends a path or a line. */
static int check_name(const char *what, const char *text, struct err *err)
{
	return check_words(what, text, LETTERS DIGITS ".-_+=[]:%", err);
}

static int check_mailbox(const char *what, const char *text, struct err *err)
{
	return text == NULL || mailbox_check(text, err) == 0 ? 0 : err_prefix(err, "%s", what);
}

static int read_target(const json_t *object, struct job *job, struct err *err)
{
	struct job_target target;
	const json_t *domains;

	if (shape_read(object, "the target", job_target_rows, &target, err) != 0 || check_name("the target's name", target.name, err) != 0 ||
	    check_name("the target's host name", target.hostname, err) != 0 ||
	    check_name("the local user", target.local_user, err) != 0)
		return -1;
	domains = shape_array(object, "domains", 1, TARGET_DOMAINS_MOST, err);
	if (domains == NULL)
		return -1;
	job->name = target.name;
	job->hostname = target.hostname;
	job->name_known = target.name_known;
	job->local_user = target.local_user;
	job->domains = mem_new(json_array_size(domains) * sizeof *job->domains);
	for (; job->domain_count < json_array_size(domains); job->domain_count++) {
		const char *domain = shape_item(domains, job->domain_count, "the domains", DOMAIN_MOST, err);

		if (domain == NULL || check_name("a domain", domain, err) != 0)
			return -1;
		job->domains[job->domain_count] = domain;
	}
	return 0;
}

static int read_endpoint(const json_t *object, struct job_endpoint *endpoint, struct err *err)
{
	struct job_place place;
	struct err no_address = ERR_INIT;

	if (shape_read(object, "an endpoint", job_place_rows, &place, err) != 0)
		return -1;
	if (address_parse(place.address, &endpoint->address, &no_address) != 0)
		return err_set(err, ERR_PROTO, "an endpoint has no IP address");
	if (place.port == 0 || place.first == 0)
		return err_set(err, ERR_PROTO, "an endpoint has no port, or its attempts have no number");
	address_unmap(&endpoint->address);
	endpoint->address.port = (unsigned short)place.port;
	endpoint->mode = place.mode;
	endpoint->first = place.first;
	return 0;
}

static int read_endpoints(const json_t *root, struct job *job, struct err *err)
{
	const json_t *list = shape_array(root, "endpoints", 1, JOB_ENDPOINTS_MOST, err);

	if (list == NULL)
		return -1;
	job->endpoints = mem_new(json_array_size(list) * sizeof *job->endpoints);
	for (; job->endpoint_count < json_array_size(list); job->endpoint_count++)
		if (read_endpoint(json_array_get(list, job->endpoint_count), &job->endpoints[job->endpoint_count], err) != 0)
			return -1;
	return 0;
}

static int read_limits(const json_t *object, struct job *job, struct err *err)
{
	struct job_limits limits;

	if (shape_read(object, "the limits", job_limits_rows, &limits, err) != 0)
		return -1;
	if (limits.timeout == 0 || limits.max_sessions == 0)
		return err_set(err, ERR_PROTO, "the limits leave no time, or no session");
	job->timeout = limits.timeout * CLOCK_MS;
	job->retry_after = limits.retry_after * CLOCK_MS;
	job->max_sessions = limits.max_sessions;
	return 0;
}

static int read_words(const json_t *object, struct job *job, struct err *err)
{
	struct job_words words;

	if (shape_read(object, "the settings", job_words_rows, &words, err) != 0 || check_mailbox("the victim", words.victim, err) != 0 ||
	    check_mailbox("the sender", words.sender, err) != 0 || check_name("the victim's literal", words.victim_literal, err) != 0 ||
	    check_name("the domain with the target as exchanger", words.mx_domain, err) != 0)
		return -1;
	if (words.tokens && !words.confirm)
		return err_set(err, ERR_PROTO, "there are tokens and no messages that they are for");
	if (words.confirm && words.victim == NULL)
		return err_set(err, ERR_PROTO, "messages would go to a victim that nobody named");
	if (words.sender == NULL && !words.tokens)
		return err_set(err, ERR_PROTO, "there is no sender");
	job->victim = words.victim;
	job->victim_literal = words.victim_literal;
	job->sender = words.sender;
	job->sender_named = words.sender_named;
	job->contact = words.contact;
	job->mx_domain = words.mx_domain;
	job->confirm = words.confirm;
	job->tokens = words.tokens;
	job->classic = words.classic;
	job->relays = words.relays;
	return 0;
}

static int read_token(const json_t *object, struct job *job, struct err *err)
{
	static const char digits[] = DIGITS "abcdef";
	struct job_token token;

	if (json_is_null(object) && !job->confirm)
		return 0;
	if (!job->confirm)
		return err_set(err, ERR_PROTO, "there is a token and no message that it is for");
	if (shape_read(object, "the token", job_token_rows, &token, err) != 0)
		return -1;
	if (!token_run_is_name(token.run) || strlen(token.key) != 2 * MAC_KEY || token.key[strspn(token.key, digits)] != '\0')
		return err_set(err, ERR_PROTO, "the token has no run, or no key");
	memcpy(job->signer.run, token.run, sizeof job->signer.run);
	for (size_t i = 0; i < MAC_KEY; i++)
		job->signer.bytes[i] = (unsigned char)((strchr(digits, token.key[2 * i]) - digits) << 4 | (strchr(digits, token.key[2 * i + 1]) - digits));
	return 0;
}

static struct probe *read_probe(const json_t *object, struct err *err)
{
	struct job_script script;
	struct complaints complaints;
	struct probe *probe;
	char *file;

	if (shape_read(object, "a probe", job_script_rows, &script, err) != 0 ||
	    check_words("a probe's name", script.name, "abcdefghijklmnopqrstuvwxyz" DIGITS "-", err) != 0)
		return NULL;
	file = mem_printf("%s.probe", script.name);
	complaints_init(&complaints, file);
	probe = probe_parse(file, script.text, strlen(script.text), &complaints);
	if (probe == NULL)
		err_set(err, ERR_PROTO, "%s:%u:%u: %s", file, complaints.rows[0].line, complaints.rows[0].column, complaints.rows[0].text);
	complaints_release(&complaints);
	free(file);
	return probe;
}

/* Takes the probe. */
static int add_probe(struct job *job, struct probe *probe, struct err *err)
{
	struct probe **place = probe->control == CONTROL_KNOWN_LOCAL   ? &job->known_local :
			       probe->control == CONTROL_UNKNOWN_LOCAL ? &job->unknown_local :
									 &job->probes[job->probe_count++];

	if (*place != NULL) {
		probe_free(probe);
		return err_set(err, ERR_PROTO, "a control stands twice");
	}
	*place = probe;
	/* What sends messages, or may disturb, runs where messages are asked for only. */
	if (!job->confirm && (probe->sends_message || probe->intrusive))
		return err_set(err, ERR_PROTO, "the probe '%s' sends a message, or is intrusive, and no messages are asked for", probe->name);
	return 0;
}

static int read_probes(const json_t *root, struct job *job, struct err *err)
{
	const json_t *list = shape_array(root, "probes", 3, JOB_PROBES_MOST, err);

	if (list == NULL)
		return -1;
	job->probes = mem_new(json_array_size(list) * sizeof *job->probes);
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct probe *probe = read_probe(json_array_get(list, i), err);

		if (probe == NULL || add_probe(job, probe, err) != 0)
			return -1;
	}
	if (job->known_local == NULL || job->unknown_local == NULL || job->probe_count == 0)
		return err_set(err, ERR_PROTO, "there is no probe, or a control is missing");
	return 0;
}

static int read_head(const json_t *root, struct job *job, struct err *err)
{
	struct job_head head;

	if (shape_read(root, "the job", job_head_rows, &head, err) != 0)
		return -1;
	if (strcmp(head.schema, JOB_SCHEMA) != 0)
		return err_set(err, ERR_PROTO, "the job is not of the schema " JOB_SCHEMA);
	if (check_words("the run", head.run, LETTERS DIGITS, err) != 0 || check_words("the nonce", head.nonce, LETTERS DIGITS, err) != 0)
		return -1;
	if (strlen(head.nonce) != JOB_NONCE || strlen(head.run) < 12)
		return err_set(err, ERR_PROTO, "the run or the nonce is too short");
	job->run = head.run;
	job->nonce = head.nonce;
	job->expires = head.expires;
	return 0;
}

struct job *job_read(const char *bytes, size_t len, struct err *err)
{
	struct job *job = mem_new(sizeof *job);
	json_t *root = shape_parse(bytes, len, "the job", err);

	job->store = root;
	if (root == NULL || read_head(root, job, err) != 0 || read_target(json_object_get(root, "target"), job, err) != 0 ||
	    read_endpoints(root, job, err) != 0 || read_limits(json_object_get(root, "limits"), job, err) != 0 ||
	    read_words(json_object_get(root, "settings"), job, err) != 0 || read_token(json_object_get(root, "token"), job, err) != 0 ||
	    read_probes(root, job, err) != 0) {
		job_free(job);
		return NULL;
	}
	return job;
}

void job_free(struct job *job)
{
	if (job == NULL)
		return;
	for (size_t i = 0; i < job->probe_count; i++)
		probe_free(job->probes[i]);
	if (job->known_local != NULL)
		probe_free(job->known_local);
	if (job->unknown_local != NULL)
		probe_free(job->unknown_local);
	free(job->probes);
	free(job->endpoints);
	free(job->domains);
	explicit_bzero(&job->signer, sizeof job->signer);
	json_decref(job->store);
	free(job);
}

size_t job_attempts(const struct job *job)
{
	return job->endpoint_count * job->domain_count * (job->probe_count + 2);
}

int64_t job_duration(int64_t timeout, int64_t retry_after)
{
	return AUDIT_DEADLINE_TIMEOUTS * timeout + 2 * retry_after;
}
