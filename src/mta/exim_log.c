/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_log.c - Exim's main log, by file or by syslog
 *
 *	ID <= s H=name (helo) [ip] P=esmtpa A=plain:u S=n id=... for r
 *	ID => r <original> R=dnslookup T=remote_smtp H=mx [ip] C="250 ..."
 *	ID ** r: reason                 bounced;  == deferred;  -> one more of the same delivery
 *	ID Completed
 *	H=name (helo) [ip] F=<s> rejected RCPT <r>: relay not permitted
 *
 * An id has 16 characters (XXXXXX-YYYYYY-ZZ), or 23 from 4.97 on.  What is no remote
 * delivery has no H=.
 */
#include <string.h>

#include "mta/log_line.h"

static bool owns(struct slice tag)
{
	return slice_is(tag, "exim") || slice_is(tag, "exim4");
}

static bool is_id(struct slice id)
{
	size_t second = id.len == 16 ? 13 : id.len == 23 ? 18 : 0;

	if (second == 0 || id.at[6] != '-' || id.at[second] != '-')
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (i != 6 && i != second && !((id.at[i] >= '0' && id.at[i] <= '9') || ((id.at[i] | 32) >= 'a' && (id.at[i] | 32) <= 'z')))
			return false;
	return true;
}

/* An address as Exim logs it: without brackets, its local part perhaps quoted; it ends before a blank, or a colon and a blank. */
static struct slice cut_address(struct slice *rest)
{
	struct slice address = { rest->at, 0 };
	bool quoted = false;

	if (slice_skip(rest, "<> ") || slice_skip(rest, "<>"))
		return SLICE_NONE;
	while (address.len < rest->len) {
		char byte = rest->at[address.len];

		if (byte == '\\' && quoted)
			address.len++;
		else if (byte == '"')
			quoted = !quoted;
		else if (byte == ' ' && !quoted)
			break;
		address.len++;
	}
	address.len = address.len < rest->len ? address.len : rest->len;
	slice_step(rest, address.len + 1);
	if (slice_ends(address, ":"))
		address.len--;
	return address;
}

/*
 * "name (helo) [ip]:port ...": the address; SLICE_NONE where there is none.  The client chose
 * what stands in the parentheses.
 */
static struct slice cut_host(struct slice *rest, bool *named)
{
	struct slice before, address;

	*named = rest->len != 0 && rest->at[0] != '(' && rest->at[0] != '[';
	if (*named)
		(void)slice_word(rest);
	if (rest->len != 0 && rest->at[0] == '(' && !slice_cut(rest, ") ", &before))
		return SLICE_NONE;
	if (!slice_skip(rest, "[") || !slice_cut(rest, "]", &address))
		return SLICE_NONE;
	return address;
}

static enum log_sense read_arrival(struct slice rest, struct event *event)
{
	struct slice before, parent;
	bool named;

	event->sender = cut_address(&rest);
	event->has_sender = true;
	event->kind = EVENT_CLIENT;
	event->begins = true;
	if (event->sender.len == 0 && slice_skip(&rest, "R=")) {
		parent = slice_word(&rest);
		if (!is_id(parent))
			return LOG_BROKEN;
		event->kind = EVENT_BOUNCE;
		event->other = event->id;
		event->id = parent;
		return LOG_EVENT;
	}
	if (slice_starts(rest, "H=") || slice_cut(&rest, " H=", &before)) {
		slice_skip(&rest, "H=");
		event->client = cut_host(&rest, &named);
		/* What a client says (id=, T=) comes after what Exim says. */
		event->authenticated = slice_find(rest, " A=") != NULL && (slice_find(rest, " id=") == NULL || slice_find(rest, " A=") < slice_find(rest, " id="));
		return event->client.len != 0 ? LOG_EVENT : LOG_BROKEN;
	}
	if (slice_find(rest, "P=") == NULL)
		return LOG_BROKEN;
	event->local = true;
	return LOG_EVENT;
}

static enum log_sense read_recipient(struct slice rest, enum event_status status, struct event *event)
{
	struct slice before;
	bool named;

	event->recipient = cut_address(&rest);
	if (event->recipient.len == 0)
		return LOG_BROKEN;
	if (slice_starts(rest, "(") && !slice_cut(&rest, ") ", &before))
		return LOG_BROKEN;
	if (rest.len != 0 && rest.at[0] == '<' && !log_path(&rest, &event->original))
		return LOG_BROKEN;
	event->kind = EVENT_RECIPIENT;
	event->status = status;
	event->unknown_user = status == STATUS_BOUNCED && log_tells_unknown_user(rest);
	/* The reply of the other server comes last, and is its own words. */
	if (slice_cut(&rest, " C=\"", &before))
		rest = before;
	if (slice_cut(&rest, " H=", &before)) {
		event->relay = cut_host(&rest, &named);
		event->outside = event->relay.len != 0;
	} else if (status != STATUS_SENT) {
		/* Routed and not reached, or not routed: it would have gone out. */
		event->outside = !event->unknown_user && slice_find(rest, "T=remote_smtp") != NULL;
	} else if (slice_find(rest, "T=") == NULL && slice_find(rest, "R=") == NULL) {
		return LOG_BROKEN;
	}
	return LOG_EVENT;
}

static enum log_sense read_message(struct slice rest, struct event *event)
{
	static const struct {
		const char *mark;
		enum event_status status;
	} marks[] = {
		{ "=> ", STATUS_SENT }, { "-> ", STATUS_SENT }, { ">> ", STATUS_SENT }, { "== ", STATUS_DEFERRED }, { "** ", STATUS_BOUNCED },
	};

	if (slice_skip(&rest, "<= "))
		return read_arrival(rest, event);
	if (slice_starts(rest, "Completed")) {
		event->kind = EVENT_END;
		return LOG_EVENT;
	}
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (slice_skip(&rest, marks[i].mark))
			return read_recipient(rest, marks[i].status, event);
	return LOG_PLAIN;
}

/* What was refused: "H=... F=<s> rejected RCPT <r>: relay not permitted", also with an id before it. */
static enum log_sense read_refusal(struct slice rest, struct event *event)
{
	static const char *const denials[] = { "relay not permitted", "relaying denied", "relay denied", "relay access denied", "relaying not", "relaying to" };
	struct slice before;
	bool named;

	if (!slice_skip(&rest, "H="))
		return LOG_PLAIN;
	event->client = cut_host(&rest, &named);
	if (slice_cut(&rest, " F=", &before) && log_path(&rest, &event->sender))
		event->has_sender = true;
	if (!slice_cut(&rest, "rejected RCPT ", &before))
		return LOG_PLAIN;
	if (!log_path(&rest, &event->recipient)) {
		if (rest.len == 0 || rest.at[0] == '<')
			return LOG_BROKEN;
		event->recipient = cut_address(&rest);
	}
	if (event->client.len == 0)
		return LOG_BROKEN;
	event->kind = EVENT_TRY;
	event->cause = named ? DENIAL_CORRECT_DNS : DENIAL_MISSING_PTR;
	for (size_t i = 0; i < sizeof denials / sizeof *denials; i++)
		if (slice_find_nocase(rest, denials[i]) != NULL)
			event->kind = EVENT_DENIED;
	return LOG_EVENT;
}

/* Why a client has no name. */
static enum log_sense read_name(struct slice rest, struct event *event)
{
	struct slice before;

	if (slice_skip(&rest, "no host name found for IP address ")) {
		event->client = slice_word(&rest);
		event->cause = DENIAL_MISSING_PTR;
	} else if (slice_cut(&rest, " does not match any IP address for ", &before)) {
		event->client = slice_word(&rest);
		event->cause = DENIAL_MAY_BE_FORGED;
	} else if (slice_skip(&rest, "no IP address found for host ")) {
		event->client = log_bracketed(rest);
		event->cause = DENIAL_MAY_BE_FORGED;
	}
	if (event->client.len == 0)
		return LOG_PLAIN;
	event->kind = EVENT_NAME;
	return LOG_EVENT;
}

static enum log_sense read(const struct log_line *line, struct event *event)
{
	struct slice rest = line->text, word, before;

	*event = (struct event){ .kind = EVENT_NONE };
	if (line->tag.len == 0 && line->stamp.kind != STAMP_EXIM)
		return LOG_FOREIGN;
	/* syslog with the stamp of the file, too; and the process, where it is logged. */
	if (line->tag.len != 0 && rest.len > 20 && rest.at[4] == '-' && rest.at[10] == ' ' && rest.at[19] == ' ')
		slice_step(&rest, 20);
	if (slice_starts(rest, "[") && slice_cut(&rest, "] ", &before) && before.len > 9)
		return LOG_PLAIN;
	word = rest;
	event->id = slice_word(&word);
	if (is_id(event->id) && word.len != 0)
		return slice_starts(word, "H=") ? read_refusal(word, event) : read_message(word, event);
	event->id = SLICE_NONE;
	return slice_starts(rest, "H=") ? read_refusal(rest, event) : read_name(rest, event);
}

const struct log_reader exim_log_reader = { .make = "exim", .owns = owns, .read = read };
