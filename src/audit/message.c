/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message.c - the test message
 *
 * Whoever finds it in a queue, a mailbox or a log has to understand it: it names
 * the tool, the run, the target and the person to ask.  There is no
 * Auto-Submitted line, since a forger would write none either, and what answers
 * to forged senders is to be seen.
 */
#include "audit/message.h"

#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/proof.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "probe/probe.h"

static void add_date(struct buf *text, time_t when)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm parts;

	/* By hand: strftime() would write it in the language of the locale. */
	gmtime_r(&when, &parts);
	buf_printf(text, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[parts.tm_wday], parts.tm_mday, months[parts.tm_mon],
		   parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/* An address literal is no domain for a Message-ID: RFC 5322 3.6.4 would have it in brackets, and it has them. */
static void add_header(struct buf *text, const struct audit *audit, const struct view *view, const struct attempt *attempt,
		       const char *token, const char *from, const char *to)
{
	const char *name = view_vantage(audit, view)->helo;

	add_date(text, time(NULL));
	buf_printf(text, "From: relayaudit <%s>\r\n", from[0] != '\0' ? from : audit->settings.sender);
	buf_printf(text, "To: <%s>\r\n", to);
	buf_printf(text, "Subject: relayaudit test message (%s)\r\n", attempt->probe->name);
	buf_printf(text, "Message-ID: <%s.relayaudit@%s>\r\n", token, name);
	buf_printf(text, PROOF_HEADER ": %s\r\n", token);
	buf_printf(text, "X-Relayaudit-Run: %s\r\n", audit->run_id);
	buf_printf(text, "X-Relayaudit-Probe: %s\r\n", attempt->probe->name);
	buf_text(text, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n");
}

/* Words that fill lines: names may be long. */
static void add_folded(struct buf *text, const char *words)
{
	size_t column = 0;

	while (*words != '\0') {
		size_t len = strcspn(words, " ");

		if (column != 0 && column + 1 + len > MESSAGE_LINE) {
			buf_text(text, "\r\n");
			column = 0;
		}
		if (column != 0) {
			buf_char(text, ' ');
			column++;
		} else if (words[0] == '.') {
			buf_char(text, '.');
		}
		buf_add(text, words, len);
		column += len;
		words += len + (words[len] == ' ');
	}
	buf_text(text, "\r\n");
}

static void add_text(struct buf *text, const struct audit *audit, const struct view *view)
{
	const struct vantage *vantage = view_vantage(audit, view);
	char *contact = audit->settings.contact ? mem_text(audit->settings.contact) : mem_printf("postmaster@%s", vantage->helo);
	char endpoint[ADDRESS_TEXT + 16];
	struct buf words = BUF_INIT(MESSAGE_MOST);

	view_print_endpoint(view, endpoint);
	buf_printf(&words, "This is a test by relayaudit, which shows administrators whether their own mail server relays mail for strangers. "
			   "It was sent to %s (%s) from %s. If it has reached another address than the server's own, the server has relayed it.",
		   target_host(view->host->target), endpoint, vantage->helo);
	add_folded(text, words.data);
	buf_reset(&words);
	buf_text(text, "\r\n");
	buf_printf(&words, "The run is %s. If you did not expect this message, ask %s about it; nothing needs to be done, and it may be deleted.",
		   audit->run_id, contact);
	add_folded(text, words.data);
	buf_release(&words);
	free(contact);
}

const char *message_compose(const struct audit *audit, const struct view *view, const struct attempt *attempt, enum token_role role,
			    const char *from, const char *to)
{
	struct buf text = BUF_INIT(MESSAGE_MOST);
	struct token token = { .number = attempt->number, .role = role, .expires = audit->started + TOKEN_LIFE };
	char name[TOKEN_TEXT];
	const char *copy;

	token_print_run(&audit->signer, &token, name);
	add_header(&text, audit, view, attempt, name, from, to);
	add_text(&text, audit, view);
	copy = pool_bytes(audit->pool, text.data, text.len);
	buf_release(&text);
	return copy;
}
