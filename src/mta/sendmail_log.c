/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_log.c - sendmail, since 8.9
 *
 *	ID: ruleset=check_rcpt, arg1=<r>, relay=name [ip], reject=550 5.7.1 <r>... Relaying denied
 *	ID: lost input channel from name [ip] to MTA after rcpt
 *	ID: from=<s>, size=n, class=0, nrcpts=n, msgid=<...>, proto=ESMTP, daemon=MTA, relay=name [ip]
 *	ID: to=<r>,<r>, ctladdr=<o> (u/g), delay=..., mailer=esmtp, pri=n, relay=mx. [ip], dsn=2.0.0, stat=Sent (ok)
 *	ID: ID: DSN: User unknown
 *	ID: AUTH=server, relay=name [ip], authid=u, mech=PLAIN, bits=0
 *
 * relay= is the client where there is from=, and the next hop where there is to=.  Pages
 * on the web show these lines without stamp and tag: what follows an id decides then.
 */
#include <string.h>

#include "mta/log_line.h"

static bool owns(struct slice tag)
{
	return slice_is(tag, "sendmail") || slice_starts(tag, "sm-") || (slice_starts(tag, "sendmail") && slice_find(tag, "/") == NULL);
}

static bool is_id(struct slice id)
{
	if (id.len < 6 || id.len > 20)
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (!((id.at[i] >= '0' && id.at[i] <= '9') || ((id.at[i] | 32) >= 'a' && (id.at[i] | 32) <= 'z')))
			return false;
	return true;
}

/* What stands behind ", NAME=" up to ", "; false where it does not occur. */
static bool field(struct slice rest, const char *name, struct slice *value)
{
	struct slice before;

	if (!slice_cut(&rest, name, &before))
		return false;
	if (!slice_cut(&rest, ", ", value))
		*value = rest;
	return true;
}

/* "name [ip]", "[ip]", "name [ip] (may be forged)"; what a page left of the last blank may be missing. */
static bool read_peer(struct slice peer, struct event *event)
{
	struct slice before;

	event->client = log_bracketed(peer);
	if (event->client.len == 0)
		return false;
	if (slice_find(peer, "(may be forged)") != NULL)
		event->cause = DENIAL_MAY_BE_FORGED;
	else if (!slice_cut(&peer, "[", &before) || before.len == 0)
		event->cause = DENIAL_MISSING_PTR;
	return true;
}

static enum log_sense read_ruleset(struct slice rest, struct event *event)
{
	struct slice before, peer, said = SLICE_NONE;

	if (!slice_cut(&rest, ", arg1=", &before))
		return LOG_PLAIN;
	/* Arguments of other rule sets are no paths. */
	if (!log_path(&rest, &event->recipient))
		return LOG_PLAIN;
	if (!slice_cut(&rest, "relay=", &before))
		return LOG_BROKEN;
	if (!slice_cut(&rest, "reject=", &peer))
		return slice_find(rest, "discard") != NULL ? LOG_PLAIN : LOG_BROKEN;
	said = rest;
	if (!read_peer(peer, event))
		return slice_find_nocase(said, "relaying") != NULL ? LOG_BROKEN : LOG_PLAIN;
	event->kind = EVENT_TRY;
	if (slice_find(said, "Relaying denied") == NULL && slice_find(said, "Relaying temporarily denied") == NULL)
		return said.len < 3 ? LOG_BROKEN : LOG_EVENT;
	event->kind = EVENT_DENIED;
	if (slice_find(said, "IP name lookup failed") != NULL || slice_find(said, "Cannot resolve PTR") != NULL)
		event->cause = DENIAL_NAME_LOOKUP_FAILED;
	else if (slice_find(said, "IP name possibly forged") != NULL)
		event->cause = DENIAL_MAY_BE_FORGED;
	return LOG_EVENT;
}

static enum log_sense read_sender(const struct log_line *line, struct slice rest, struct event *event)
{
	struct slice value;

	event->has_sender = true;
	if (!log_path(&rest, &event->sender)) {
		event->sender = rest;
		if (!slice_cut(&rest, ", ", &event->sender))
			return LOG_BROKEN;
	}
	if (!field(rest, "relay=", &value))
		return LOG_BROKEN;
	/* "relay=root@localhost": handed in by a program. */
	event->local = !read_peer(value, event);
	if (!field(rest, "nrcpts=", &value))
		return LOG_BROKEN;
	event->session = line->pid;
	event->kind = slice_is(value, "0") ? EVENT_TRY : EVENT_CLIENT;
	return LOG_EVENT;
}

static enum event_status status_of(struct slice said, struct slice dsn)
{
	if (slice_starts(said, "Sent"))
		return STATUS_SENT;
	if (slice_starts(dsn, "4") || slice_starts(said, "Deferred") || slice_starts(said, "queued") || slice_find_nocase(said, "try again") != NULL)
		return STATUS_DEFERRED;
	return STATUS_BOUNCED;
}

static enum log_sense read_recipient(struct slice rest, struct event *event)
{
	static const char *const outside[] = { "esmtp", "smtp", "relay", "smtp8", "dsmtp", "smtps" };
	struct slice mailer = SLICE_NONE, relay = SLICE_NONE, dsn = SLICE_NONE, said, before;

	if (log_path(&rest, &event->recipient)) {
		event->more = rest;
	} else {
		event->recipient = rest;
		if (!slice_cut(&rest, ", ", &event->recipient))
			return LOG_BROKEN;
	}
	if (!slice_cut(&rest, ", stat=", &before))
		return LOG_BROKEN;
	said = rest;
	field(before, "mailer=", &mailer);
	field(before, ", dsn=", &dsn);
	if (field(before, ", relay=", &relay))
		event->relay = log_bracketed(relay);
	if (field(before, "ctladdr=", &event->original)) {
		struct slice address = event->original;

		/* "<o> (uid/gid)"; a program's own user is no alias. */
		if (!log_path(&address, &event->original))
			event->original = SLICE_NONE;
	}
	for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
		event->outside = event->outside || slice_is(mailer, outside[i]);
	event->outside = event->outside || (mailer.len == 0 && event->relay.len != 0);
	event->status = status_of(said, dsn);
	event->unknown_user = event->status == STATUS_BOUNCED && log_tells_unknown_user(said);
	event->kind = EVENT_RECIPIENT;
	return LOG_EVENT;
}

static enum log_sense read_other(const struct log_line *line, struct slice rest, struct event *event)
{
	struct slice value, before;

	if (slice_skip(&rest, "lost input channel from ")) {
		if (slice_ends(rest, " after rcpt")) {
			event->client = log_bracketed(rest);
			event->kind = EVENT_LOST;
			return event->client.len != 0 ? LOG_EVENT : LOG_BROKEN;
		}
		return slice_find(rest, " after ") != NULL ? LOG_PLAIN : LOG_BROKEN;
	}
	if (slice_skip(&rest, "AUTH=server, ")) {
		if (line->pid.len == 0 || !field(rest, "relay=", &value) || !read_peer(value, event))
			return LOG_PLAIN;
		event->kind = EVENT_SESSION;
		event->session = line->pid;
		event->authenticated = true;
		return LOG_EVENT;
	}
	if (slice_cut(&rest, ": ", &before) && is_id(before) && slice_starts(rest, "DSN: ")) {
		event->kind = EVENT_BOUNCE;
		event->other = before;
		return LOG_EVENT;
	}
	return LOG_PLAIN;
}

/* Whether a line without a tag is one of ours all the same. */
static bool is_ours(struct slice rest)
{
	return slice_starts(rest, "ruleset=check_") || slice_starts(rest, "from=") || slice_starts(rest, "to=") ||
	       slice_starts(rest, "lost input channel from ") || (slice_starts(rest, "<") && slice_find(rest, ">... ") != NULL);
}

static enum log_sense read(const struct log_line *line, struct event *event)
{
	struct slice rest = line->text;

	*event = (struct event){ .kind = EVENT_NONE };
	if (!slice_cut(&rest, ": ", &event->id) || !is_id(event->id)) {
		event->id = SLICE_NONE;
		return line->tag.len == 0 ? LOG_FOREIGN : LOG_PLAIN;
	}
	if (line->tag.len == 0 && !is_ours(rest))
		return LOG_FOREIGN;
	if (slice_skip(&rest, "ruleset="))
		return read_ruleset(rest, event);
	if (slice_skip(&rest, "from="))
		return read_sender(line, rest, event);
	if (slice_skip(&rest, "to="))
		return read_recipient(rest, event);
	return read_other(line, rest, event);
}

const struct log_reader sendmail_log_reader = { .make = "sendmail", .owns = owns, .read = read };
