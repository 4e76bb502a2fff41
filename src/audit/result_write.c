/* SPDX-License-Identifier: Apache-2.0 */
/*
 * result_write.c - what came of a job, line by line
 */
#include "audit/result.h"

#include <string.h>

#include "audit/result_rows.h"
#include "base/buf.h"
#include "base/err.h"
#include "probe/probe.h"
#include "smtp/capability.h"

/* All texts are escaped already: the writer cannot fail. */
static void put(enum result_kind kind, const struct shape_row *rows, const void *from, struct buf *to)
{
	struct err never = ERR_INIT;
	json_t *object = shape_write(rows, from, &never);

	shape_set(object, "type", json_string(name_of(result_kind_names, (int)kind)));
	shape_print(object, to);
	buf_char(to, '\n');
}

/* Texts that are longer than anybody reads are cut where they are written. */
struct clipped {
	char text[RESULT_TEXT_MOST + 1];
};

static const char *clip(struct clipped *room, const char *text)
{
	size_t len;

	if (text == NULL || (len = strnlen(text, RESULT_TEXT_MOST + 1)) <= RESULT_TEXT_MOST)
		return text;
	memcpy(room->text, text, RESULT_TEXT_MOST);
	room->text[RESULT_TEXT_MOST] = '\0';
	return room->text;
}

void result_write_attempt(const struct view *view, size_t endpoint, const struct attempt *attempt, struct buf *to)
{
	struct clipped rooms[4];
	const struct result_attempt said = {
		.endpoint = (unsigned)endpoint,
		.number = attempt->number,
		.probe = attempt->probe->name,
		.domain = attempt->domain,
		.outcome = attempt->outcome,
		.proof = attempt->proof,
		.reason = attempt->reason,
		.stage = attempt->stage,
		.unknown = attempt->unknown,
		.decided = attempt->decided,
		.alone = attempt->alone,
		.mail_from = clip(&rooms[0], attempt->mail_from),
		.rcpt_to = clip(&rooms[1], attempt->rcpt_to),
		.reply = clip(&rooms[2], attempt->reply),
		.note = clip(&rooms[3], attempt->note),
		/* As long as it may be, and of those alone that somebody will read. */
		.transcript = attempt->outcome == OUTCOME_ACCEPTED && attempt >= view->attempts + view->controls ? attempt->transcript : NULL,
	};

	put(RESULT_ATTEMPT, result_attempt_rows, &said, to);
}

static void add_capabilities(unsigned capabilities, struct buf *to)
{
	const char *name;
	unsigned flag;

	for (size_t i = 0; (name = capability_at(i, &flag)) != NULL; i++)
		if ((capabilities & flag) != 0)
			buf_printf(to, "%s%s", to->len ? " " : "", name);
}

void result_write_view(const struct audit *audit, const struct view *view, size_t endpoint, struct buf *to)
{
	struct buf capabilities = BUF_INIT(RESULT_TEXT_MOST);
	struct clipped rooms[3];
	char local[ADDRESS_TEXT];
	struct result_view said = {
		.endpoint = (unsigned)endpoint,
		.reach = view->reach,
		.reach_reason = view->reach_reason,
		.mode = view->mode,
		.sessions = (unsigned)view->sessions,
		.reach_text = clip(&rooms[0], view->reach_text),
		.banner = clip(&rooms[1], view->banner),
		.hello = clip(&rooms[2], view->hello),
		.seen_as = view->seen_as,
		.helo = view_vantage(audit, view)->helo,
		.throttled = view->throttled,
	};

	add_capabilities(view->capabilities, &capabilities);
	said.capabilities = capabilities.data;
	for (size_t i = 0; view->banner != NULL && i < 3 && view->banner[i] >= '0' && view->banner[i] <= '9'; i++)
		said.banner_code = said.banner_code * 10 + (unsigned)(view->banner[i] - '0');
	if (view->local.family != 0) {
		address_print(&view->local, local);
		said.local = local;
	}
	if (view->tls != NULL) {
		said.tls_version = view->tls->version;
		said.tls_cipher = view->tls->cipher;
		said.tls_subject = view->tls->subject;
		said.tls_issuer = view->tls->issuer;
		said.tls_expires = view->tls->expires;
		said.tls_trust = view->tls->trust;
	}
	put(RESULT_VIEW, result_view_rows, &said, to);
	buf_release(&capabilities);
}

void result_write_sign(enum result_kind kind, const char *text, struct buf *to)
{
	const struct result_fault fault = { text };

	put(kind, kind == RESULT_FAULT ? result_fault_rows : result_sign_rows, &fault, to);
}
