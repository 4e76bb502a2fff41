/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict.c - the rules of judgement
 *
 * The reasons are rows: what a refusal for that reason is worth depends on where
 * the trick is and on what was refused, and on nothing else.
 */
#include "audit/verdict.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "probe/probe.h"
#include "smtp/capability.h"

struct controls controls_of(const struct view *view, const char *domain)
{
	struct controls controls = { .known = ANSWER_NONE };
	enum reason unknown_reason = REASON_NONE;

	for (size_t i = 0; i < view->controls; i++) {
		const struct attempt *attempt = &view->attempts[i];
		enum control_answer answer = attempt->outcome == OUTCOME_ACCEPTED ? ANSWER_ACCEPTED :
					     attempt->outcome == OUTCOME_REJECTED ? ANSWER_REFUSED :
										    ANSWER_NONE;

		if (strcmp(attempt->domain, domain) != 0)
			continue;
		if (attempt->probe->control == CONTROL_KNOWN_LOCAL) {
			controls.known = answer;
			controls.known_reason = attempt->reason;
		} else {
			controls.unknown = answer;
			unknown_reason = attempt->reason;
		}
	}
	/* Of a domain that is not the server's own, all names are refused: that says nothing of unknown ones. */
	if (controls.unknown == ANSWER_REFUSED && controls.known != ANSWER_ACCEPTED && unknown_reason != REASON_UNKNOWN_USER)
		controls.unknown = ANSWER_NONE;
	return controls;
}

/* What a refusal is worth. */
enum worth {
	WORTH_CLOSED,           /* it would hold for any client */
	WORTH_NOTHING,          /* it says nothing of relaying */
	WORTH_IF_DECIDED,       /* closed, if it came where the trick had been shown to the server */
	WORTH_IF_SENDER,        /* closed, if the sender was the trick */
	WORTH_IF_HELLO,
	WORTH_IF_OWN            /* closed, unless it is the victim's domain that the server does not know */
};

static const struct {
	enum worth worth;
	const char *why;
} worths[REASONS] = {
	[REASON_NONE] = { WORTH_NOTHING, "the reply was none that the trick is about" },
	[REASON_RELAYING_DENIED] = { WORTH_CLOSED, "the server refuses to relay" },
	[REASON_AUTH_REQUIRED] = { WORTH_CLOSED, "the server wants a login first" },
	[REASON_TLS_REQUIRED] = { WORTH_NOTHING, "the server wants TLS first, and offers none here" },
	[REASON_UNKNOWN_USER] = { WORTH_IF_DECIDED, "the server takes the address for a local one, and has no such user" },
	[REASON_UNKNOWN_DOMAIN] = { WORTH_IF_OWN, "the recipient's domain was refused for its DNS, so relaying was not decided" },
	[REASON_SENDER_REFUSED] = { WORTH_IF_SENDER, "the sender was refused, so the recipient was not tested" },
	[REASON_HELLO_REFUSED] = { WORTH_IF_HELLO, "the EHLO name was refused, so the recipient was not tested" },
	[REASON_CLIENT_BLOCKED] = { WORTH_NOTHING, "the server refuses this client, whatever it asks" },
	[REASON_SYNTAX] = { WORTH_IF_DECIDED, "the server does not take an address of this form" },
	[REASON_BAD_SEQUENCE] = { WORTH_IF_DECIDED, "the server does not take the command there" },
	[REASON_UNSUPPORTED] = { WORTH_IF_DECIDED, "the server does not know the command or parameter" },
	[REASON_GREYLISTED] = { WORTH_NOTHING, "greylisted: the server wants to be asked again later" },
	[REASON_RATE_LIMITED] = { WORTH_NOTHING, "the server limits how much one client may ask" },
	[REASON_TEMPORARY] = { WORTH_NOTHING, "the server could not decide for a fault of its own" },
	[REASON_OTHER] = { WORTH_IF_DECIDED, "refused, in words that are not known" },
	[REASON_RIGHT_ANSWER] = { WORTH_IF_DECIDED, "the server answers as it should" },
	[REASON_CONNECTION_REFUSED] = { WORTH_NOTHING, "the connection was refused" },
	[REASON_CONNECTION_LOST] = { WORTH_NOTHING, "the connection was lost before an answer" },
	[REASON_TIMEOUT] = { WORTH_NOTHING, "no answer came in time" },
	[REASON_NO_BANNER] = { WORTH_NOTHING, "the server never greeted" },
	[REASON_TLS_FAILED] = { WORTH_NOTHING, "TLS could not be established" },
	[REASON_MALFORMED_REPLY] = { WORTH_NOTHING, "what came was no SMTP reply" },
	[REASON_NOT_APPLICABLE] = { WORTH_NOTHING, "not applicable here" },
	[REASON_NOT_ASKED] = { WORTH_NOTHING, "not asked: the time was over, or the run was interrupted" },
};

/*
 * Whether the refusal met the trick itself, and not something on the way to it.  A trick of the session
 * lies in its commands: where one is not known or not taken, the rest of it cannot follow.  (That ordinary
 * ones are taken, the control shows.)
 */
static bool met_trick(const struct attempt *attempt)
{
	enum trick trick = attempt->probe->trick;
	enum reason reason = attempt->reason;

	return attempt->decided ||
	       (trick == TRICK_SESSION && (reason == REASON_UNSUPPORTED || reason == REASON_BAD_SEQUENCE || reason == REASON_SYNTAX)) ||
	       (trick == TRICK_SENDER && attempt->stage == STAGE_MAIL) ||
	       (trick == TRICK_HELLO && (attempt->stage == STAGE_HELLO || attempt->stage == STAGE_MAIL));
}

static enum verdict of_refused(const struct attempt *attempt, const char **why)
{
	enum trick trick = attempt->probe->trick;
	bool closed = false;

	*why = worths[attempt->reason].why;
	/* A filter may have disliked the message, and would like a stranger's. */
	if (attempt->stage == STAGE_MESSAGE && worths[attempt->reason].worth != WORTH_CLOSED) {
		*why = "the envelope was accepted, and the message refused at its end, perhaps for what it says";
		return VERDICT_INCONCLUSIVE;
	}
	switch (worths[attempt->reason].worth) {
	case WORTH_CLOSED:
		closed = true;
		break;
	case WORTH_IF_DECIDED:
		closed = met_trick(attempt);
		break;
	case WORTH_IF_SENDER:
		closed = trick == TRICK_SENDER;
		break;
	case WORTH_IF_HELLO:
		closed = trick == TRICK_HELLO;
		break;
	case WORTH_IF_OWN:
		closed = attempt->route != ROUTE_VICTIM;
		break;
	case WORTH_NOTHING:
		break;
	}
	return closed ? VERDICT_CLOSED : VERDICT_INCONCLUSIVE;
}

bool verdict_is_limited(const struct attempt *attempt, const struct controls *controls)
{
	return attempt->outcome == OUTCOME_ACCEPTED && attempt->alone && attempt->route == ROUTE_BELOW &&
	       controls->unknown == ANSWER_REFUSED;
}

/* What an unknown name got where the recipient leads to: the control's answer holds for its own domain only. */
static enum control_answer unknown_for(const struct attempt *attempt, const struct controls *controls)
{
	const char *domain;
	size_t len = 0;

	if (attempt->route == ROUTE_BELOW || attempt->unknown != ANSWER_NONE)
		return attempt->route == ROUTE_BELOW ? controls->unknown : attempt->unknown;
	domain = attempt->rcpt_to ? route_domain(attempt->rcpt_to, &len) : "";
	return strlen(attempt->domain) == len && strncasecmp(attempt->domain, domain, len) == 0 ? controls->unknown : ANSWER_NONE;
}

/* What a message has shown; false where it has shown nothing. */
static bool of_message(const struct attempt *attempt, enum verdict *verdict, const char **why)
{
	bool outside = attempt->route == ROUTE_VICTIM || attempt->route == ROUTE_OTHER;

	/* No sink is behind a name like the target's own. */
	if (attempt->route == ROUTE_BELOW && attempt->proof != PROOF_DELIVERED)
		return false;
	*verdict = VERDICT_INCONCLUSIVE;
	switch (attempt->proof) {
	case PROOF_DELIVERED:
		*verdict = VERDICT_OPEN;
		*why = "the test message reached the outside: it was relayed";
		return true;
	case PROOF_BOUNCED:
		if (!outside)
			*verdict = VERDICT_CLOSED;
		*why = outside ? "accepted for an outside address, and a bounce came back: it does not tell who refused the message" :
				 "accepted and bounced: mail for a forged sender, and no relay";
		return true;
	case PROOF_DATA:
		*why = "the message was taken, and never seen again within the time that was waited";
		return true;
	default:
		return false;
	}
}

/* A trick that gets something else from the server than a recipient taken. */
static bool is_door(const struct probe *probe)
{
	return probe->finding != NULL && probe->step_count != 0 && probe->steps[probe->step_count - 1].stage != STAGE_RCPT;
}

/* What was accepted as it should be, or is no relay in itself; false where the rules for relaying hold. */
static bool of_special(const struct attempt *attempt, enum verdict *verdict, const char **why)
{
	const struct probe *probe = attempt->probe;

	*verdict = VERDICT_CLOSED;
	if (attempt->proof == PROOF_DELIVERED)
		return false;
	if (attempt->unwatched && probe->shown != SHOWN_BY_REPLY) {
		*verdict = VERDICT_INCONCLUSIVE;
		*why = "the message was taken, and nobody could look for it until the end of the wait";
		return true;
	}
	if (probe->shown == SHOWN_BY_DELIVERY)
		*why = "accepted as it should be, and nothing came out of it";
	else if (probe->shown == SHOWN_BY_BOUNCE)
		*why = attempt->bounced ? "accepted, and answered to the forged sender" : "accepted as it should be, and nothing came back";
	else if (is_door(probe))
		*why = "accepted: no relay in itself, and told as a finding of its own";
	else
		return false;
	return true;
}

static enum verdict of_accepted(const struct attempt *attempt, const struct controls *controls, const char **why)
{
	enum control_answer unknown;
	enum verdict verdict;

	if (of_special(attempt, &verdict, why) || of_message(attempt, &verdict, why))
		return verdict;

	if (!attempt->alone) {
		*why = attempt->note ? attempt->note : "accepted once, and not tried again alone";
		return VERDICT_INCONCLUSIVE;
	}
	if (attempt->route == ROUTE_VICTIM || attempt->route == ROUTE_OTHER) {
		*why = attempt->proof == PROOF_GO_AHEAD ? "an outside address was accepted, and DATA got its go-ahead" :
							  "an outside address was accepted";
		return VERDICT_OPEN;
	}
	if (attempt->for_known) {
		*why = "accepted for a mailbox that exists there; whether the stranger gets it too, only a delivery shows";
		return VERDICT_INCONCLUSIVE;
	}
	unknown = unknown_for(attempt, controls);
	if (unknown != ANSWER_REFUSED) {
		*why = unknown == ANSWER_ACCEPTED ?
			       "accepted, but the server accepts any local name: where it goes, only a delivery shows" :
			       "accepted, but it is not known whether the server refuses unknown local names";
		return VERDICT_INCONCLUSIVE;
	}
	if (attempt->route == ROUTE_BELOW) {
		*why = "accepted for a name like the server's own: incoming mail for names that it may not run";
		return VERDICT_CLOSED;
	}
	*why = "a local-looking address was accepted though the server refuses unknown local names";
	return VERDICT_OPEN;
}

enum verdict verdict_of_attempt(const struct attempt *attempt, const struct controls *controls, const char **why)
{
	switch (attempt->outcome) {
	case OUTCOME_ACCEPTED:
		return of_accepted(attempt, controls, why);
	case OUTCOME_REJECTED:
		return of_refused(attempt, why);
	case OUTCOME_SKIPPED:
		*why = attempt->note ? attempt->note : worths[attempt->reason].why;
		return attempt->reason == REASON_NOT_APPLICABLE ? VERDICT_CLOSED : VERDICT_INCONCLUSIVE;
	default:
		*why = attempt->note ? attempt->note : worths[attempt->reason].why;
		return VERDICT_INCONCLUSIVE;
	}
}

/* Whether the controls show that refusals from here mean something. */
static bool can_judge(const struct view *view, const char **why)
{
	for (size_t i = 0; i < view->controls; i++) {
		const struct attempt *attempt = &view->attempts[i];

		if (attempt->probe->control != CONTROL_KNOWN_LOCAL || attempt->outcome == OUTCOME_ACCEPTED)
			continue;
		/* Who must log in for everything cannot relay without. */
		if (attempt->outcome == OUTCOME_REJECTED && attempt->reason == REASON_AUTH_REQUIRED)
			continue;
		if (attempt->reason == REASON_RELAYING_DENIED)
			*why = "the server takes no mail for the domain it was asked about: name one of its own with --domain";
		else if (attempt->reason == REASON_UNKNOWN_USER)
			*why = "ordinary mail was refused, for there is no such mailbox: name one that exists with --local-user";
		else if ((view->capabilities & CAP_AUTH) != 0)
			*why = "the server offers a login and takes no ordinary mail without one, or none from here: "
			       "scan a port that takes strangers' mail as well";
		else
			*why = "not even ordinary mail to a local mailbox is accepted from here, so refusals prove nothing";
		return false;
	}
	return true;
}

bool verdict_xclient_untried(const struct view *view)
{
	for (size_t i = view->controls; i < view->count; i++) {
		const struct attempt *attempt = &view->attempts[i];
		const char *door = attempt->probe->finding;

		if (door != NULL && strcmp(door, "xclient-open") == 0 &&
		    (attempt->outcome == OUTCOME_ACCEPTED || attempt->outcome == OUTCOME_REJECTED))
			return false;
	}
	return view->offers_xclient;
}

enum verdict verdict_of_view(const struct view *view, const char **why)
{
	enum verdict worst = VERDICT_CLOSED;
	bool tried = false;
	const char *reason;

	*why = "every trick was refused, for reasons that hold for any client";
	for (size_t i = view->controls; i < view->count; i++) {
		struct controls controls = controls_of(view, view->attempts[i].domain);
		enum verdict verdict = verdict_of_attempt(&view->attempts[i], &controls, &reason);

		tried = tried || view->attempts[i].outcome != OUTCOME_SKIPPED;
		if (verdict > worst) {
			worst = verdict;
			*why = reason;
		}
	}
	if (worst == VERDICT_OPEN)
		return worst;
	if (view->reach != REACH_OPEN) {
		*why = view->reach_text ? view->reach_text : "not reached";
		return VERDICT_INCONCLUSIVE;
	}
	if (!can_judge(view, &reason)) {
		*why = reason;
		return VERDICT_INCONCLUSIVE;
	}
	if (worst == VERDICT_CLOSED && verdict_xclient_untried(view)) {
		*why = "the server offers XCLIENT here, by which a client becomes another one, and it was not tried: --suite all --confirm does";
		return VERDICT_INCONCLUSIVE;
	}
	if (!tried && worst == VERDICT_CLOSED) {
		*why = "none of the probes applies here, so that nothing was tested";
		return VERDICT_INCONCLUSIVE;
	}
	return worst;
}

/* The lists that route_of() wants; `lists` and its members are the caller's to free. */
static const char **own_names(const struct view *view, char literals[][ADDRESS_TEXT])
{
	size_t domain_count, count, used = 0;
	const struct host *host = view->host;
	const char *const *domains = target_domains(host->target, &domain_count);
	const struct address *addresses = target_addresses(host->target, &count);
	const char **own = mem_new((domain_count + 2 * count + 3) * sizeof *own);

	for (size_t i = 0; i < domain_count; i++)
		own[used++] = domains[i];
	own[used++] = host->hostname;
	own[used++] = target_host(host->target);
	for (size_t i = 0; i < count; i++) {
		address_print_literal(&addresses[i], literals[2 * i]);
		address_print(&addresses[i], literals[2 * i + 1]);
		own[used++] = literals[2 * i];
		own[used++] = literals[2 * i + 1];
	}
	return own;
}

static bool leads_to(const char *argument, const char *name)
{
	size_t len;
	const char *domain = route_domain(argument, &len);

	return name != NULL && strlen(name) == len && strncasecmp(domain, name, len) == 0;
}

static void find_routes(const struct audit *audit, const struct view *view, struct attempt *attempts, size_t count)
{
	char literals[2 * TARGET_ADDRESSES_MOST][ADDRESS_TEXT];
	const char *victim[] = { victim_domain(audit->victim), audit->victim_literal, NULL };
	const char *named = audit_local_user(audit, view->host), *user = named ? named : "postmaster";
	const char **own = own_names(view, literals);

	for (struct attempt *attempt = attempts; attempt < attempts + count; attempt++) {
		/* Of most refusals nobody asks where they would have led. */
		if (attempt->rcpt_to == NULL || (attempt->outcome == OUTCOME_REJECTED && worths[attempt->reason].worth != WORTH_IF_OWN))
			continue;
		attempt->route = route_of(attempt->rcpt_to, victim, own);
		if (attempt->route == ROUTE_OTHER && leads_to(attempt->rcpt_to, audit->settings.mx_domain))
			attempt->route = ROUTE_BELOW;
		attempt->for_known = attempt->route == ROUTE_LOCAL &&
				     (route_names_mailbox(attempt->rcpt_to, user) || route_names_mailbox(attempt->rcpt_to, "postmaster"));
	}
	free(own);
}

void verdict_route(const struct audit *audit, const struct view *view, struct attempt *attempt)
{
	find_routes(audit, view, attempt, 1);
}

/* Whether this vantage's ordinary mail for the domain is taken at another port of the server. */
static bool is_taken_elsewhere(const struct view *view, const char *domain)
{
	const struct host *host = view->host;

	for (size_t i = 0; i < host->view_count; i++) {
		const struct view *other = &host->views[i];

		if (other == view || other->vantage != view->vantage || view_endpoint(other)->address.family != view_endpoint(view)->address.family)
			continue;
		if (controls_of(other, domain).known == ANSWER_ACCEPTED)
			return true;
	}
	return false;
}

/*
 * A submission service that has "permit_sasl_authenticated, reject" says "Access denied" and no word of a
 * login.  One is what it wants, if it offers AUTH and the client is welcome at another port.
 */
static void read_as_login_wanted(struct view *view)
{
	for (size_t i = 0; (view->capabilities & CAP_AUTH) != 0 && i < view->controls; i++) {
		const struct attempt *control = &view->attempts[i];
		enum reason reason = control->reason;

		if (control->probe->control != CONTROL_KNOWN_LOCAL || control->outcome != OUTCOME_REJECTED)
			continue;
		if (reason != REASON_CLIENT_BLOCKED && reason != REASON_RELAYING_DENIED && reason != REASON_OTHER)
			continue;
		/* A blocklist names itself; "Access denied" is what a plain "reject" says. */
		if (reason == REASON_CLIENT_BLOCKED &&
		    (control->reply == NULL || text_find_nocase(control->reply, "access denied") == NULL))
			continue;
		if (!is_taken_elsewhere(view, control->domain))
			continue;
		for (size_t k = 0; k < view->count; k++) {
			struct attempt *attempt = &view->attempts[k];

			if (attempt->outcome == OUTCOME_REJECTED && attempt->reason == reason && strcmp(attempt->domain, control->domain) == 0)
				attempt->reason = REASON_AUTH_REQUIRED;
		}
	}
}

/* Whether a vantage that should be refused has the address family that this one lacks. */
static bool is_seen_by_another(const struct audit *audit, const struct view *view)
{
	for (size_t i = 0; i < view->host->view_count; i++) {
		const struct view *other = &view->host->views[i];

		if (other->endpoint == view->endpoint && other->reach != REACH_NO_FAMILY &&
		    view_vantage(audit, other)->expect == EXPECT_DENY)
			return true;
	}
	return false;
}

static void judge_host(const struct audit *audit, struct host *host)
{
	bool reached = false;
	const char *why;

	host->verdict = VERDICT_CLOSED;
	for (size_t i = 0; i < host->view_count; i++)
		reached = reached || host->views[i].reach == REACH_OPEN;
	bool any = false;

	for (size_t i = 0; i < host->view_count; i++) {
		struct view *view = &host->views[i];
		bool nobody = view->reach == REACH_REFUSED && !view_endpoint(view)->asked && reached;
		bool elsewhere = view->reach == REACH_NO_FAMILY && is_seen_by_another(audit, view);

		find_routes(audit, view, view->attempts, view->count);
		read_as_login_wanted(view);
		view->verdict = verdict_of_view(view, &why);
		view->verdict_counts = !nobody && !elsewhere;
		/* A vantage that is meant to relay shows nothing of strangers. */
		if (!view->verdict_counts || view_vantage(audit, view)->expect != EXPECT_DENY)
			continue;
		any = true;
		if (view->verdict > host->verdict)
			host->verdict = view->verdict;
	}
	if (!any || (host->fault != NULL && host->verdict == VERDICT_CLOSED))
		host->verdict = VERDICT_INCONCLUSIVE;
}

enum verdict verdict_of_vantage(const struct audit *audit, size_t vantage)
{
	enum verdict worst = VERDICT_CLOSED;
	bool any = false;

	for (size_t h = 0; h < audit->host_count; h++) {
		const struct host *host = audit->hosts[h];

		for (size_t i = 0; i < host->view_count; i++) {
			const struct view *view = &host->views[i];

			if (view->vantage != vantage || !view->verdict_counts)
				continue;
			any = true;
			worst = view->verdict > worst ? view->verdict : worst;
		}
	}
	return any ? worst : VERDICT_INCONCLUSIVE;
}

void audit_judge(struct audit *audit)
{
	audit->verdict = audit->host_count ? VERDICT_CLOSED : VERDICT_INCONCLUSIVE;
	for (size_t i = 0; i < audit->host_count; i++) {
		judge_host(audit, audit->hosts[i]);
		if (audit->hosts[i]->verdict > audit->verdict)
			audit->verdict = audit->hosts[i]->verdict;
	}
}
