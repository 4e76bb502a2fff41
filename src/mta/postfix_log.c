/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_log.c - Postfix, since 2003
 *
 *	postfix/smtpd[n]: 054CDAE17: client=unknown[192.0.2.1], sasl_method=PLAIN, sasl_username=u
 *	postfix/qmgr[n]: 054CDAE17: from=<s>, size=758, nrcpt=1 (queue active)
 *	postfix/smtp[n]: 054CDAE17: to=<r>, orig_to=<o>, relay=mx[192.0.2.2]:25, ..., status=sent (250 ok)
 *	postfix/qmgr[n]: 054CDAE17: removed
 *	postfix/smtpd[n]: NOQUEUE: reject: RCPT from name[ip]: 554 5.7.1 <r>: Relay access denied; from=<s> to=<r> ...
 *
 * The tag is what syslog_name says, a slash, and the daemon; services with a name of
 * their own have it between ("postfix/submission/smtpd").  Of the daemons that deliver,
 * only smtp leaves the host.
 */
#include <string.h>

#include "mta/log_line.h"

static struct slice daemon_of(struct slice tag)
{
	const char *slash = tag.len ? memrchr(tag.at, '/', tag.len) : NULL;

	if (slash == NULL)
		return SLICE_NONE;
	return (struct slice){ slash + 1, tag.len - (size_t)(slash + 1 - tag.at) };
}

static bool owns(struct slice tag)
{
	static const char *const daemons[] = {
		"smtpd", "qmgr", "smtp", "cleanup", "local", "virtual", "lmtp", "pipe", "bounce", "error", "pickup", "anvil", "scache",
		"trivial-rewrite", "master", "postfix-script", "postscreen", "verify", "discard", "flush", "nqmgr", "proxymap", "showq",
		"tlsproxy", "tlsmgr", "dnsblog", "sendmail", "postsuper", "postdrop", "postqueue", "postlog", "postlogd", "retry", "oqmgr", "qmqpd", "spawn",
		"defer", "trace", "proxywrite", "postmap", "postalias", "postkick", "relay", "smtps", "submission",
	};
	struct slice daemon = daemon_of(tag);

	for (size_t i = 0; daemon.len != 0 && i < sizeof daemons / sizeof *daemons; i++)
		if (slice_is(daemon, daemons[i]))
			return true;
	/* A service that is called as the operator likes still has Postfix's name before it. */
	return daemon.len != 0 && slice_starts(tag, "postfix");
}

/* Of an id: letters and digits, as ASCII has them. */
static bool is_letter(char byte)
{
	static const bool letters[256] = { ['0'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ['A'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
					   ['a'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };

	return letters[(unsigned char)byte];
}

enum { ID_LEAST = 5, ID_MOST = 32 };

static bool is_id(struct slice id)
{
	if (id.len < ID_LEAST || id.len > ID_MOST)
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (!is_letter(id.at[i]))
			return false;
	return true;
}

/* Steps over "ID: "; false: the line begins otherwise. */
static bool cut_id(struct slice *rest, struct slice *id)
{
	size_t len = 0, most = rest->len < ID_MOST + 1 ? rest->len : ID_MOST + 1;

	while (len < most && is_letter(rest->at[len]))
		len++;
	if (len < ID_LEAST || len > ID_MOST || len + 1 >= rest->len || rest->at[len] != ':' || rest->at[len + 1] != ' ')
		return false;
	*id = (struct slice){ rest->at, len };
	slice_step(rest, len + 2);
	return true;
}

/* The id behind such words in a reply; it ends with whatever is no letter or digit. */
static struct slice id_behind(struct slice reply, const char *words)
{
	struct slice id, before;
	size_t len = 0;

	if (!slice_cut(&reply, words, &before))
		return SLICE_NONE;
	while (len < reply.len && is_letter(reply.at[len]))
		len++;
	id = (struct slice){ reply.at, len };
	return is_id(id) ? id : SLICE_NONE;
}

static enum log_sense read_client(struct slice rest, struct event *event)
{
	struct slice peer = rest;

	if (!slice_cut(&rest, ", ", &peer))
		rest = SLICE_NONE;
	event->client = log_bracketed(peer);
	if (event->client.len == 0)
		return LOG_BROKEN;
	event->kind = EVENT_CLIENT;
	event->begins = true;
	event->authenticated = slice_starts(rest, "sasl_") && slice_find(rest, "sasl_username=") != NULL;
	/* What a content filter hands back says whose it was (XFORWARD). */
	event->parent = rest.len != 0 ? id_behind(rest, "orig_queue_id=") : SLICE_NONE;
	return LOG_EVENT;
}

static enum log_sense read_sender(struct slice rest, struct event *event)
{
	if (!log_path(&rest, &event->sender))
		return LOG_BROKEN;
	event->has_sender = true;
	event->kind = EVENT_SENDER;
	if (slice_starts(rest, ", size=") && slice_ends(rest, " (queue active)"))
		return LOG_EVENT;
	event->kind = EVENT_NONE;
	if (slice_find(rest, "status=expired") != NULL)
		return LOG_PLAIN;
	/* Only the queue manager has both; without them the line is cut off. */
	if (slice_find(rest, "nrcpt=") == NULL)
		return LOG_BROKEN;
	event->kind = EVENT_SENDER;
	return LOG_EVENT;
}

static const struct {
	const char *word;
	enum event_status status;
	bool settles;
} statuses[] = {
	{ "sent", STATUS_SENT, true },          { "deferred", STATUS_DEFERRED, true },    { "bounced", STATUS_BOUNCED, true },
	{ "expired", STATUS_BOUNCED, true },    { "undeliverable", STATUS_BOUNCED, false }, { "deliverable", STATUS_SENT, false },
	{ "filtered", STATUS_DEFERRED, false }, { "SOFTBOUNCE", STATUS_DEFERRED, true },
};

static enum log_sense read_recipient(const struct log_line *line, struct slice rest, struct event *event)
{
	struct slice field, status, daemon;

	if (!log_path(&rest, &event->recipient) || !slice_skip(&rest, ", "))
		return LOG_BROKEN;
	if (slice_skip(&rest, "orig_to=") && (!log_path(&rest, &event->original) || !slice_skip(&rest, ", ")))
		return LOG_BROKEN;
	if (!slice_skip(&rest, "relay=") || !slice_cut(&rest, ", ", &field))
		return LOG_BROKEN;
	event->relay = log_bracketed(field);
	if (!slice_cut(&rest, "status=", &field))
		return LOG_BROKEN;
	status = slice_word(&rest);
	daemon = daemon_of(line->tag);
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		if (!slice_is(status, statuses[i].word))
			continue;
		/* What verify asks for is no message. */
		if (!statuses[i].settles)
			return LOG_PLAIN;
		event->kind = EVENT_RECIPIENT;
		event->status = statuses[i].status;
		event->outside = event->relay.len != 0 && !slice_is(daemon, "lmtp");
		/* An error from the queue manager or smtp without a next hop is still about a remote address. */
		event->outside = event->outside || slice_is(daemon, "smtp") || slice_is(daemon, "error");
		event->unknown_user = event->status == STATUS_BOUNCED && log_tells_unknown_user(rest);
		/* Any server says "queued as"; here it matters where this host itself took it. */
		if (!event->outside)
			event->heir = id_behind(rest, "forwarded as ");
		else if (slice_starts(event->relay, "127.") || slice_is(event->relay, "::1"))
			event->heir = id_behind(rest, "queued as ");
		return LOG_EVENT;
	}
	return LOG_BROKEN;
}

/* "RCPT from name[ip]: 554 5.7.1 <r>: Relay access denied; from=<s> to=<r> proto=..." */
static enum log_sense read_reject(struct slice rest, struct event *event)
{
	struct slice peer, said;

	if (!slice_cut(&rest, ": ", &peer))
		return LOG_BROKEN;
	event->client = log_bracketed(peer);
	if (!slice_cut(&rest, "; from=", &said)) {
		said = rest;
		return slice_find(said, "Relay access denied") != NULL ? LOG_BROKEN : LOG_PLAIN;
	}
	if (!log_path(&rest, &event->sender))
		return LOG_BROKEN;
	event->has_sender = true;
	if (slice_skip(&rest, " to=") && !log_path(&rest, &event->recipient))
		return LOG_BROKEN;
	event->kind = EVENT_TRY;
	if (slice_find(said, "Relay access denied") == NULL)
		return LOG_EVENT;
	event->kind = event->client.len != 0 ? EVENT_DENIED : EVENT_NONE;
	slice_word(&peer);
	slice_skip(&peer, "from ");
	event->cause = slice_starts(peer, "unknown[") ? DENIAL_MISSING_PTR : DENIAL_CORRECT_DNS;
	return event->kind == EVENT_DENIED ? LOG_EVENT : LOG_BROKEN;
}

/* "hostname X does not resolve to address 192.0.2.1: Name or service not known", "192.0.2.1: hostname X verification failed: ..." */
static enum log_sense read_name(struct slice rest, struct event *event)
{
	static const char resolves[] = "does not resolve to address ", verification[] = " verification failed: ";
	struct slice before;
	bool temporary = slice_find(rest, "Temporary failure") != NULL || slice_find(rest, "try again") != NULL;

	if (slice_cut(&rest, resolves, &before)) {
		event->client = rest;
		if (slice_cut(&rest, ": ", &before))
			event->client = before;
	} else if (slice_find(rest, verification) == NULL || !slice_cut(&rest, ": hostname ", &event->client)) {
		return LOG_PLAIN;
	}
	event->kind = EVENT_NAME;
	event->cause = temporary ? DENIAL_NAME_LOOKUP_FAILED : DENIAL_MAY_BE_FORGED;
	return LOG_EVENT;
}

/* What smtpd says without an id. */
static enum log_sense read_session(struct slice rest, struct event *event)
{
	if (slice_skip(&rest, "NOQUEUE: reject: ") || slice_skip(&rest, "reject: "))
		return read_reject(rest, event);
	if (slice_skip(&rest, "lost connection after RCPT from ")) {
		event->client = log_bracketed(rest);
		event->kind = EVENT_LOST;
		return event->client.len != 0 ? LOG_EVENT : LOG_BROKEN;
	}
	if (slice_skip(&rest, "warning: "))
		return read_name(rest, event);
	return LOG_PLAIN;
}

static const struct {
	const char *words;
	enum event_kind kind;
} endings[] = {
	{ "removed", EVENT_END },          { "milter-reject: END", EVENT_DROPPED }, { "milter-discard: END", EVENT_DROPPED },
	{ "reject: header", EVENT_DROPPED }, { "reject: body", EVENT_DROPPED },     { "discard: ", EVENT_DROPPED },
	{ "reject: END-OF-MESSAGE", EVENT_DROPPED },
};

static enum log_sense read(const struct log_line *line, struct event *event)
{
	struct slice rest = line->text;

	if (line->tag.len == 0)
		return LOG_FOREIGN;
	/* A third of all lines. */
	if (slice_starts(rest, "connect from ") || slice_starts(rest, "disconnect from "))
		return LOG_PLAIN;
	*event = (struct event){ .kind = EVENT_NONE };
	if (!cut_id(&rest, &event->id) || slice_is(event->id, "NOQUEUE") || slice_is(event->id, "warning") ||
	    slice_is(event->id, "reject") || slice_is(event->id, "fatal") || slice_is(event->id, "panic")) {
		event->id = SLICE_NONE;
		return read_session(line->text, event);
	}
	if (rest.len == 0)
		return LOG_BROKEN;
	if (rest.at[0] == 'm' && slice_starts(rest, "message-id="))
		return LOG_PLAIN;
	if (slice_skip(&rest, "client="))
		return read_client(rest, event);
	if (slice_skip(&rest, "from="))
		return read_sender(rest, event);
	if (slice_skip(&rest, "to="))
		return read_recipient(line, rest, event);
	if (slice_starts(rest, "uid=")) {
		event->kind = EVENT_CLIENT;
		event->begins = true;
		event->local = true;
		return LOG_EVENT;
	}
	if (slice_skip(&rest, "sender non-delivery notification: ")) {
		event->kind = EVENT_BOUNCE;
		event->other = rest;
		return LOG_EVENT;
	}
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		if (slice_starts(rest, endings[i].words)) {
			event->kind = endings[i].kind;
			return LOG_EVENT;
		}
	}
	return slice_skip(&rest, "reject: ") ? read_reject(rest, event) : LOG_PLAIN;
}

const struct log_reader postfix_log_reader = { .make = "postfix", .owns = owns, .read = read };
