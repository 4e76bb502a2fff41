/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_log.c - OpenSMTPD, since 6.4
 *
 *	SESSION smtp connected address=ip host=name
 *	SESSION smtp authentication user=u address=ip host=name result=ok
 *	SESSION smtp envelope evpid=MESSAGE+8 from=<s> to=<r>
 *	SESSION smtp failed-command command="RCPT TO:<r>" result="550 Invalid recipient: <r>"
 *	SESSION mta delivery evpid=MESSAGE+8 from=<s> to=<r> rcpt=<-> source="ip" relay="ip (name)" delay=1s result="Ok" stat="250 ..."
 *	SESSION mda delivery evpid=MESSAGE+8 from=<s> to=<r> rcpt=<o> user=u delay=1s result=Ok stat=Delivered
 *
 * The first 8 digits of an envelope's id are its message's.  An address that no rule
 * takes, and a mailbox that does not exist, are refused in the same words.
 */
#include "mta/log_line.h"

static bool owns(struct slice tag)
{
	return slice_is(tag, "smtpd") || slice_is(tag, "opensmtpd");
}

static bool is_hex(struct slice text, size_t len)
{
	if (text.len != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!((text.at[i] >= '0' && text.at[i] <= '9') || (text.at[i] >= 'a' && text.at[i] <= 'f')))
			return false;
	return true;
}

/* What stands behind NAME= up to a blank; quotation marks around it are taken off. */
static bool field(struct slice rest, const char *name, struct slice *value)
{
	struct slice before;

	if (!slice_cut(&rest, name, &before))
		return false;
	if (slice_skip(&rest, "\"")) {
		if (!slice_cut(&rest, "\"", value))
			return false;
		return true;
	}
	*value = slice_word(&rest);
	return true;
}

static enum log_sense read_connected(struct slice rest, struct event *event)
{
	struct slice name = SLICE_NONE;

	event->kind = EVENT_SESSION;
	if (!field(rest, "address=", &event->client) || !field(rest, " host=", &name))
		return LOG_BROKEN;
	slice_skip(&event->client, "[");
	slice_skip(&event->client, "IPv6:");
	if (slice_ends(event->client, "]"))
		event->client.len--;
	if (slice_is(event->client, "local")) {
		event->local = true;
		event->client = SLICE_NONE;
	}
	event->cause = name.len == 0 || name.at[0] == '<' || slice_equal(name, event->client) ? DENIAL_MISSING_PTR : DENIAL_CORRECT_DNS;
	return LOG_EVENT;
}

/* "evpid=... from=<s> to=<r>", with the message's id. */
static bool cut_envelope(struct slice *rest, struct event *event)
{
	struct slice before, envelope;

	if (!slice_skip(rest, "evpid="))
		return false;
	envelope = slice_word(rest);
	if (!is_hex(envelope, 16))
		return false;
	event->id = (struct slice){ envelope.at, 8 };
	event->has_sender = true;
	return slice_cut(rest, "from=", &before) && log_path(rest, &event->sender) && slice_skip(rest, " to=") && log_path(rest, &event->recipient);
}

static enum log_sense read_envelope(struct slice rest, struct event *event)
{
	if (!cut_envelope(&rest, event))
		return LOG_BROKEN;
	event->kind = EVENT_CLIENT;
	return LOG_EVENT;
}

static enum log_sense read_delivery(struct slice rest, bool outside, struct event *event)
{
	struct slice original, result, said = SLICE_NONE;

	if (!cut_envelope(&rest, event) || !field(rest, " result=", &result))
		return LOG_BROKEN;
	/* rcpt= is what the client asked for, where that is another. */
	if (slice_skip(&rest, " rcpt=") && log_path(&rest, &original) && !slice_is(original, "-"))
		event->original = original;
	if (field(rest, " relay=", &said))
		event->relay = slice_word(&said);
	event->kind = EVENT_RECIPIENT;
	event->outside = outside;
	event->session = SLICE_NONE;
	event->status = slice_is_nocase(result, "ok") ? STATUS_SENT : slice_is_nocase(result, "tempfail") ? STATUS_DEFERRED : STATUS_BOUNCED;
	event->unknown_user = event->status == STATUS_BOUNCED && field(rest, " stat=", &said) && log_tells_unknown_user(said);
	return LOG_EVENT;
}

static enum log_sense read_failure(struct slice rest, struct event *event)
{
	struct slice before, said;

	if (!slice_skip(&rest, "command=\"RCPT TO:"))
		return LOG_PLAIN;
	if (!log_path(&rest, &event->recipient) || !slice_cut(&rest, "result=\"", &before))
		return LOG_BROKEN;
	said = rest;
	event->kind = EVENT_TRY;
	if (slice_find_nocase(said, "invalid recipient") != NULL) {
		event->kind = EVENT_DENIED;
		event->doubtful = true;
	}
	return LOG_EVENT;
}

static enum log_sense read(const struct log_line *line, struct event *event)
{
	struct slice rest = line->text, result;

	*event = (struct event){ .kind = EVENT_NONE };
	if (line->tag.len == 0)
		return LOG_FOREIGN;
	event->session = slice_word(&rest);
	if (!is_hex(event->session, 16)) {
		event->session = SLICE_NONE;
		return LOG_PLAIN;
	}
	if (slice_skip(&rest, "smtp connected "))
		return read_connected(rest, event);
	if (slice_skip(&rest, "smtp envelope "))
		return read_envelope(rest, event);
	if (slice_skip(&rest, "smtp failed-command "))
		return read_failure(rest, event);
	if (slice_skip(&rest, "mta delivery "))
		return read_delivery(rest, true, event);
	if (slice_skip(&rest, "mda delivery "))
		return read_delivery(rest, false, event);
	if (slice_skip(&rest, "smtp authentication ") && field(rest, "result=", &result) && slice_is(result, "ok")) {
		event->kind = EVENT_SESSION;
		event->authenticated = true;
		return LOG_EVENT;
	}
	return LOG_PLAIN;
}

const struct log_reader opensmtpd_log_reader = { .make = "opensmtpd", .owns = owns, .read = read };
