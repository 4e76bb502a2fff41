/* SPDX-License-Identifier: Apache-2.0 */
/*
 * result_read.c - an agent's line, read, and used where it is believed
 */
#include "audit/result.h"

#include <stdlib.h>
#include <string.h>

#include "audit/learn.h"
#include "audit/result_rows.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "probe/probe.h"
#include "smtp/capability.h"
#include "smtp/reply.h"

static int read_members(const json_t *object, struct result *result, struct err *err)
{
	struct result_fault fault;

	switch (result->kind) {
	case RESULT_ATTEMPT:
		return shape_read(object, "an attempt", result_attempt_rows, &result->of.attempt, err);
	case RESULT_VIEW:
		return shape_read(object, "a view", result_view_rows, &result->of.view, err);
	case RESULT_FAULT:
		if (shape_read(object, "a fault", result_fault_rows, &fault, err) != 0)
			return -1;
		result->of.fault = fault.text;
		return 0;
	default:
		return shape_read(object, "a sign", result_sign_rows, &fault, err);
	}
}

int result_read(const char *line, size_t len, struct result *result, struct err *err)
{
	struct result read = { .store = len <= RESULT_LINE_MOST ? shape_parse(line, len, "a line of it", err) : NULL };
	const char *type;
	int kind;

	if (read.store == NULL)
		return err->kind != ERR_NONE ? -1 : err_set(err, ERR_LIMIT, "a line of it is too long");
	type = json_string_value(json_object_get(read.store, "type"));
	kind = type ? name_number(result_kind_names, type) : -1;
	if (kind < 0)
		err_set(err, ERR_PROTO, "a line of it is of no type that there is");
	read.kind = (enum result_kind)kind;
	if (kind < 0 || read_members(read.store, &read, err) != 0) {
		json_decref(read.store);
		return -1;
	}
	*result = read;
	return 0;
}

void result_release(struct result *result)
{
	json_decref(result->store);
	result->store = NULL;
}

/* The code that a reply begins with; 0: it has none. */
static short code_of(const char *reply)
{
	if (reply == NULL || strspn(reply, "0123456789") < 3 || (reply[3] != ' ' && reply[3] != '\0'))
		return 0;
	return (short)((reply[0] - '0') * 100 + (reply[1] - '0') * 10 + (reply[2] - '0'));
}

/* Whether the deciding reply of the probe may have that code. */
static bool is_expected(const struct probe *probe, short code)
{
	const struct reply reply = { .code = code };

	for (size_t i = 0; i < probe->step_count; i++)
		if (probe->steps[i].decides && expectation_holds(&probe->steps[i].expect, &reply))
			return true;
	return false;
}

/* What an outcome has to have beside it. */
static bool is_whole(const struct audit *audit, const struct attempt *attempt, const struct result_attempt *said)
{
	short code = code_of(said->reply);

	switch (said->outcome) {
	case OUTCOME_ACCEPTED:
		if (said->reason != REASON_NONE || said->proof == PROOF_NONE)
			return false;
		/* Behind a message, the reply is the one to its end. */
		if (said->proof == PROOF_DATA && audit->settings.confirm && code / 100 == 2)
			return true;
		return (said->proof != PROOF_DATA || audit->settings.confirm) && is_expected(attempt->probe, code);
	case OUTCOME_REJECTED:
		return said->proof == PROOF_NONE && said->reason != REASON_NONE && (code >= 400 || (code != 0 && said->reason == REASON_RIGHT_ANSWER));
	case OUTCOME_DEFERRED:
		return said->proof == PROOF_NONE && said->reason != REASON_NONE && code >= 400;
	default:
		return said->proof == PROOF_NONE && said->reason != REASON_NONE;
	}
}

static const char *kept(const struct audit *audit, const char *text)
{
	return text ? pool_text(audit->pool, text) : NULL;
}

int result_use_attempt(const struct audit *audit, struct view *view, const struct result_attempt *said, struct err *err)
{
	size_t index = said->number - view->attempts[0].number;
	struct attempt *attempt = &view->attempts[index];

	if (said->number < view->attempts[0].number || index >= view->count)
		return err_set(err, ERR_PROTO, "it tells of an attempt that it was not asked for");
	if (strcmp(attempt->probe->name, said->probe) != 0 || strcmp(attempt->domain, said->domain) != 0)
		return err_set(err, ERR_PROTO, "it takes one attempt for another");
	if (!is_whole(audit, attempt, said))
		return err_set(err, ERR_PROTO, "what it says of the attempt '%s' contradicts itself", attempt->probe->name);
	/* What the sink has seen by now needs no agent's word. */
	if (attempt->proof != PROOF_DELIVERED) {
		attempt->outcome = said->outcome;
		attempt->proof = said->proof;
		attempt->reason = said->reason;
	}
	attempt->stage = said->stage;
	attempt->unknown = said->unknown;
	attempt->decided = said->decided;
	attempt->alone = said->alone;
	attempt->mail_from = kept(audit, said->mail_from);
	attempt->rcpt_to = kept(audit, said->rcpt_to);
	attempt->reply = kept(audit, said->reply);
	attempt->note = kept(audit, said->note);
	if (said->transcript != NULL)
		attempt->transcript = mem_text(said->transcript);
	return 0;
}

static unsigned capabilities_of(const char *words)
{
	unsigned flags = 0;
	char *copy = mem_text(words), *rest = copy, *word;

	while ((word = strsep(&rest, " ")) != NULL)
		flags |= capability_flag(word);
	free(copy);
	return flags;
}

static void copy_fact(char *to, size_t size, const char *from)
{
	size_t len = from ? strnlen(from, size - 1) : 0;

	if (len != 0)
		memcpy(to, from, len);
	to[len] = '\0';
}

static void read_tls(const struct result_view *said, struct tls_facts *facts)
{
	copy_fact(facts->version, sizeof facts->version, said->tls_version);
	copy_fact(facts->cipher, sizeof facts->cipher, said->tls_cipher);
	copy_fact(facts->subject, sizeof facts->subject, said->tls_subject);
	copy_fact(facts->issuer, sizeof facts->issuer, said->tls_issuer);
	copy_fact(facts->expires, sizeof facts->expires, said->tls_expires);
	copy_fact(facts->trust, sizeof facts->trust, said->tls_trust);
}

/* Whether an attempt there has an answer that only an opened session gives. */
static bool has_answers(const struct view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		const struct attempt *attempt = &view->attempts[i];

		if (attempt->outcome == OUTCOME_ACCEPTED || (attempt->outcome == OUTCOME_REJECTED && attempt->stage >= STAGE_MAIL))
			return true;
	}
	return false;
}

static int check_view(const struct view *view, const struct result_view *said, struct err *err)
{
	bool open = said->reach == REACH_OPEN;

	if (said->reach == REACH_UNTRIED || said->reach == REACH_NO_WAY || (!open && said->reach_text == NULL))
		return err_set(err, ERR_PROTO, "it does not say how an endpoint was reached");
	if (!open && has_answers(view))
		return err_set(err, ERR_PROTO, "it has answers of an endpoint that it did not reach");
	if (open && said->sessions == 0)
		return err_set(err, ERR_PROTO, "it reached an endpoint, and had no session there");
	if (said->mode != view->mode && !(view->mode == TLS_MODE_NONE && said->mode == TLS_MODE_STARTTLS))
		return err_set(err, ERR_PROTO, "it says of an endpoint that it has another TLS mode than it was asked for");
	if (said->tls_version != NULL && (said->tls_cipher == NULL || said->tls_subject == NULL || said->tls_issuer == NULL ||
					  said->tls_expires == NULL || said->tls_trust == NULL))
		return err_set(err, ERR_PROTO, "what it says of TLS is not whole");
	return 0;
}

/* How it calls itself: no one else knows before it says so. */
static void use_name(struct vantage *vantage, const char *name)
{
	if (name[0] == '\0' || strchr(name, ' ') != NULL || strcmp(vantage->helo, name) == 0)
		return;
	free(vantage->helo);
	vantage->helo = mem_text(name);
}

int result_use_view(const struct audit *audit, struct view *view, const struct result_view *said, struct err *err)
{
	struct session_facts facts = { .banner_code = (int)said->banner_code, .capabilities = capabilities_of(said->capabilities),
				       .secure = said->tls_version != NULL };
	struct tls_facts tls;
	struct address seen;

	if (check_view(view, said, err) != 0)
		return -1;
	if ((said->local != NULL && address_parse(said->local, &facts.local, err) != 0) ||
	    (said->seen_as != NULL && address_parse(said->seen_as, &seen, err) != 0))
		return err_prefix(err, "a client's address");
	read_tls(said, &tls);
	facts.banner = (char *)(uintptr_t)said->banner;
	facts.hello = (char *)(uintptr_t)said->hello;
	facts.tls = said->tls_version != NULL ? &tls : NULL;
	view->reach = said->reach;
	view->reach_text = kept(audit, said->reach_text);
	view->reach_reason = said->reach_reason;
	view->mode = said->mode;
	view->sessions = said->sessions;
	view->throttled = said->throttled;
	/* The server's name and make are read from its own words here, as if it had said them here. */
	learn_from(audit, view, &facts);
	view->seen_as = kept(audit, said->seen_as);
	use_name(audit->vantages[view->vantage], said->helo);
	return 0;
}
