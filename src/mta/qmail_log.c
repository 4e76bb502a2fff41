/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qmail_log.c - qmail-send, by multilog, splogger, or as it is
 *
 *	new msg N
 *	info msg N: bytes n from <s> qp P uid U
 *	starting delivery D: msg N to remote r
 *	delivery D: success: 192.0.2.1_accepted_message./...
 *	delivery D: failure: Sorry,_no_mailbox_here_by_that_name._(#5.1.1)/
 *	bounce msg N qp Q
 *	end msg N
 *
 * N is an inode's number and comes again; D names a delivery until its second line.  No
 * line names a client: who handed a message in, this log does not show.
 */
#include "mta/log_line.h"

static bool owns(struct slice tag)
{
	return slice_is(tag, "qmail") || slice_is(tag, "qmail-send");
}

/* Digits, and what ends them. */
static bool cut_number(struct slice *rest, const char *end, struct slice *number)
{
	size_t len = 0;

	while (len < rest->len && rest->at[len] >= '0' && rest->at[len] <= '9')
		len++;
	*number = (struct slice){ rest->at, len };
	slice_step(rest, len);
	return len != 0 && len < 21 && (end[0] == '\0' ? rest->len == 0 || rest->at[0] == ' ' : slice_skip(rest, end));
}

static enum log_sense read_start(struct slice rest, struct event *event)
{
	if (!cut_number(&rest, ": msg ", &event->session) || !cut_number(&rest, "", &event->id))
		return LOG_BROKEN;
	event->outside = slice_skip(&rest, " to remote ");
	if (!event->outside && !slice_skip(&rest, " to local "))
		return LOG_BROKEN;
	event->recipient = rest;
	event->kind = EVENT_STARTS;
	return rest.len != 0 ? LOG_EVENT : LOG_BROKEN;
}

static enum log_sense read_result(struct slice rest, struct event *event)
{
	if (!cut_number(&rest, ": ", &event->session))
		return LOG_BROKEN;
	event->kind = EVENT_RECIPIENT;
	if (slice_skip(&rest, "success: "))
		event->status = STATUS_SENT;
	else if (slice_skip(&rest, "deferral: "))
		event->status = STATUS_DEFERRED;
	else if (slice_skip(&rest, "failure: "))
		event->status = STATUS_BOUNCED;
	else
		return LOG_BROKEN;
	event->unknown_user = event->status == STATUS_BOUNCED && log_tells_unknown_user(rest);
	return LOG_EVENT;
}

static enum log_sense read_info(struct slice rest, struct event *event)
{
	struct slice before;

	if (!cut_number(&rest, ": ", &event->id) || !slice_cut(&rest, "from ", &before) || !log_path(&rest, &event->sender))
		return LOG_BROKEN;
	event->kind = EVENT_SENDER;
	event->has_sender = true;
	return LOG_EVENT;
}

static enum log_sense read_kind(struct slice rest, enum event_kind kind, bool begins, struct event *event)
{
	event->kind = kind;
	event->begins = begins;
	return cut_number(&rest, "", &event->id) ? LOG_EVENT : LOG_BROKEN;
}

static enum log_sense read(const struct log_line *line, struct event *event)
{
	static const char *const plain[] = { "status: ", "tcpserver: ", "triple bounce: ", "running", "exiting", "alert: ", "warning: ", "unable to", "number of" };
	struct slice rest = line->text, stamp = rest, seconds;

	*event = (struct event){ .kind = EVENT_NONE };
	/* splogger's own stamp. */
	if (cut_number(&stamp, ".", &seconds) && cut_number(&stamp, " ", &seconds))
		rest = stamp;
	if (slice_skip(&rest, "new msg "))
		return read_kind(rest, EVENT_CLIENT, true, event);
	if (slice_skip(&rest, "info msg "))
		return read_info(rest, event);
	if (slice_skip(&rest, "starting delivery "))
		return read_start(rest, event);
	if (slice_skip(&rest, "delivery "))
		return read_result(rest, event);
	if (slice_skip(&rest, "bounce msg "))
		return read_kind(rest, EVENT_BOUNCE, false, event);
	if (slice_skip(&rest, "end msg "))
		return read_kind(rest, EVENT_END, false, event);
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (slice_starts(rest, plain[i]))
			return LOG_PLAIN;
	return line->tag.len != 0 ? LOG_PLAIN : LOG_FOREIGN;
}

const struct log_reader qmail_log_reader = { .make = "qmail", .owns = owns, .read = read };
