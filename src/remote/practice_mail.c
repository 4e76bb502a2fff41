/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_mail.c - what becomes of a message that a practice server took
 */
#include "remote/practice_mail.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "remote/practice_path.h"
#include "remote/practice_post.h"
#include "remote/practice_session.h"

enum { MAIL_WORDS = 12 };

struct recipient {
	char *path;
	enum practice_answer answer;
	bool success;                   /* NOTIFY=SUCCESS */
};

struct practice_mail {
	char *helo;
	bool extended;
	char *sender;                   /* NULL outside a transaction */
	struct recipient recipients[PRACTICE_REMEMBERED];
	size_t count;
	struct buf text;
};

/* One recipient's message, and what its texts may name. */
struct errand {
	struct practice_session *session;
	const struct practice_rules *rules;
	const struct recipient *recipient;
	const char *text;
	size_t len;
	struct practice_word words[MAIL_WORDS];
	char date[40], literal[ADDRESS_TEXT], client[ADDRESS_TEXT], id[24];
};

static const char bounce_head[] =
	"From: MAILER-DAEMON@{name}\nTo: <{sender}>\nSubject: Undelivered Mail Returned to Sender\nDate: {date}\n"
	"Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
	"Content-Type: multipart/report; report-type=delivery-status; boundary=\"{id}/{name}\"\n\n"
	"--{id}/{name}\nContent-Type: text/plain\n\n"
	"This is the mail system at host {name}.\n\n<{recipient}>: unknown user\n\n"
	"--{id}/{name}\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; {name}\n\n"
	"Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.1.1\n\n"
	"--{id}/{name}\nContent-Type: message/rfc822\n\n";

static const char bounce_tail[] = "\n--{id}/{name}--\n";

static const char qmail_head[] =
	"Date: {date}\nFrom: MAILER-DAEMON@{name}\nTo: {sender}\nSubject: failure notice\n\n"
	"Hi. This is the qmail-send program at {name}.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n"
	"This is a permanent error; I've given up. Sorry it didn't work out.\n\n<{recipient}>:\n"
	"Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <{sender}>\n";

static const char success_head[] =
	"From: MAILER-DAEMON@{name}\nTo: <{sender}>\nSubject: Successful Mail Delivery Report\nDate: {date}\n"
	"Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
	"Content-Type: multipart/report; report-type=delivery-status; boundary=\"{id}/{name}\"\n\n"
	"--{id}/{name}\nContent-Type: text/plain\n\nYour message was successfully delivered.\n\n"
	"--{id}/{name}\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; {name}\n\n"
	"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: 2.0.0\n\n"
	"--{id}/{name}\nContent-Type: message/rfc822\n\n";

static const char reply_head[] =
	"From: <{recipient}>\nTo: <{sender}>\nSubject: Out of office\nDate: {date}\nAuto-Submitted: auto-replied (vacation)\n\n"
	"I am away, and read your mail when I am back.\n";

static struct practice_mail *mail_of(struct practice_session *session)
{
	if (session->mail_kept == NULL && session->practice->post != NULL) {
		session->mail_kept = mem_new(sizeof *session->mail_kept);
		session->mail_kept->helo = mem_text("");
		buf_init(&session->mail_kept->text, PRACTICE_TEXT);
	}
	return session->mail_kept;
}

void practice_mail_hello(struct practice_session *session, const char *name, size_t len, bool extended)
{
	struct practice_mail *mail = mail_of(session);

	if (mail == NULL)
		return;
	free(mail->helo);
	mail->helo = mem_bytes(name, len);
	mail->extended = extended;
}

void practice_mail_from(struct practice_session *session, const struct practice_path *path)
{
	struct practice_mail *mail = mail_of(session);

	if (mail == NULL)
		return;
	practice_mail_forget(session);
	mail->sender = mem_bytes(path->text, path->len);
}

void practice_mail_to(struct practice_session *session, const struct practice_path *path, enum practice_answer answer)
{
	struct practice_mail *mail = mail_of(session);
	struct recipient *recipient;
	char *rest;
	const char *notify;

	if (mail == NULL || mail->count == PRACTICE_REMEMBERED)
		return;
	rest = mem_bytes(path->rest, path->rest_len);
	recipient = &mail->recipients[mail->count++];
	recipient->path = mem_bytes(path->text, path->len);
	recipient->answer = answer;
	notify = text_find_nocase(rest, " notify=");
	recipient->success = notify != NULL && text_find_nocase(notify, "success") != NULL;
	free(rest);
}

void practice_mail_text(struct practice_session *session, const char *bytes, size_t len)
{
	if (session->mail_kept != NULL)
		buf_add(&session->mail_kept->text, bytes, len);
}

void practice_mail_forget(struct practice_session *session)
{
	struct practice_mail *mail = session->mail_kept;

	if (mail == NULL)
		return;
	free(mail->sender);
	mail->sender = NULL;
	while (mail->count != 0)
		free(mail->recipients[--mail->count].path);
	buf_release(&mail->text);
	buf_init(&mail->text, PRACTICE_TEXT);
}

void practice_mail_free(struct practice_mail *mail)
{
	if (mail == NULL)
		return;
	while (mail->count != 0)
		free(mail->recipients[--mail->count].path);
	free(mail->helo);
	free(mail->sender);
	buf_release(&mail->text);
	free(mail);
}

/* The message without what ended it, lines ending in CR LF, and without the dots that were added on its way here. */
static void unpack(struct buf *to, const char *text, size_t len, bool dotted)
{
	if (dotted) {
		const char *dot = memrchr(text, '.', len);

		len = dot == NULL ? len : (size_t)(dot - text);
	}
	while (len != 0) {
		const char *end = memchr(text, '\n', len);
		size_t line = end == NULL ? len : (size_t)(end - text), used = end == NULL ? len : line + 1;

		if (line != 0 && text[line - 1] == '\r')
			line--;
		if (dotted && line != 0 && *text == '.')
			buf_add(to, text + 1, line - 1);
		else
			buf_add(to, text, line);
		buf_add(to, "\r\n", 2);
		text += used;
		len -= used;
	}
}

static void prepare(struct errand *errand)
{
	struct practice_session *session = errand->session;
	const struct practice_mail *mail = session->mail_kept;
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(errand->date, sizeof errand->date, "%a, %d %b %Y %H:%M:%S +0000", &tm);
	address_print_literal(&session->asker.client, errand->literal);
	address_print(&session->asker.client, errand->client);
	practice_message_id(session, errand->id);
	memcpy(errand->words,
	       (struct practice_word[MAIL_WORDS]){
		       { "name", errand->rules->name },
		       { "helo", *mail->helo == '\0' ? "unknown" : mail->helo },
		       { "client", errand->client },
		       { "literal", errand->literal },
		       { "id", errand->id },
		       { "date", errand->date },
		       { "sender", mail->sender },
		       { "recipient", errand->recipient->path },
		       { "protocol", !mail->extended ? "SMTP" : session->asker.secure ? "ESMTPS" : "ESMTP" },
		       { "action", errand->recipient->answer == ANSWER_LOCAL ? "delivered" : "relayed" },
	       },
	       sizeof errand->words);
}

static void post(struct errand *errand, enum practice_hop hop, const char *sender, const char *recipient, struct buf *text)
{
	practice_post_send(errand->session->practice->post, &errand->rules->hops[hop], sender, recipient, text->data, text->len,
			   errand->rules->numbers[NUMBER_DELIVER_LATE]);
	buf_release(text);
}

/* To who sent it: the null sender, and a sender in a domain of ours, get nothing by this way. */
static void answer_sender(struct errand *errand, enum practice_hop hop, const char *head, const char *tail, bool copy)
{
	const char *sender = errand->session->mail_kept->sender;
	struct buf text = BUF_OWN, to = BUF_OWN;

	if (errand->rules->hops[hop].family != 0 && *sender != '\0' &&
	    practice_route(errand->rules, &errand->session->asker, sender, strlen(sender), &to)) {
		practice_fill(&text, head, errand->words);
		if (copy)
			buf_add(&text, errand->text, errand->len);
		practice_fill(&text, tail, errand->words);
		errand->session->practice->counts.bounced++;
		post(errand, hop, "", to.data, &text);
	}
	buf_release(&to);
}

static void relay(struct errand *errand)
{
	const struct practice_rules *rules = errand->rules;
	struct practice_session *session = errand->session;
	const char *path = errand->recipient->path;
	int copies = rules->flags[FLAG_DELIVER_AGAIN] ? 2 : 1;
	struct buf to = BUF_OWN;

	if (rules->flags[FLAG_HOLD] || rules->flags[FLAG_DISCARD]) {
		session->practice->counts.held += rules->flags[FLAG_HOLD];
		return;
	}
	if (rules->hops[HOP_DELIVER].family != 0 && practice_route(rules, &session->asker, path, strlen(path), &to)) {
		for (int i = 0; i < copies; i++) {
			struct buf text = BUF_OWN;

			practice_fill(&text, rules->texts[TEXT_RECEIVED], errand->words);
			buf_add(&text, errand->text, errand->len);
			post(errand, HOP_DELIVER, session->mail_kept->sender, to.data, &text);
		}
	}
	buf_release(&to);
}

static void run(struct errand *errand)
{
	const struct recipient *recipient = errand->recipient;
	bool qmail = strcmp(errand->rules->style->name, "qmail") == 0;
	bool here = recipient->answer == ANSWER_LOCAL;
	bool mailbox = here && practice_is_mailbox(errand->rules, recipient->path, strlen(recipient->path));

	prepare(errand);
	if (!here)
		relay(errand);
	else if (mailbox)
		answer_sender(errand, HOP_AUTOREPLY, reply_head, "", false);
	else
		answer_sender(errand, HOP_BOUNCE, qmail ? qmail_head : bounce_head, qmail ? "" : bounce_tail, true);
	if (recipient->success && (!here || mailbox))
		answer_sender(errand, HOP_DSN, success_head, bounce_tail, true);
}

void practice_mail_take(struct practice_session *session, bool dotted)
{
	const struct practice_mail *mail = session->mail_kept;
	struct buf text = BUF_OWN;

	if (mail == NULL || mail->sender == NULL)
		return;
	/* What was cut has lost its end. */
	unpack(&text, mail->text.data, mail->text.len, dotted && !mail->text.cut);
	for (size_t i = 0; i < mail->count; i++) {
		struct errand errand = {
			.session = session,
			.rules = session->practice->rules,
			.recipient = &mail->recipients[i],
			.text = text.data,
			.len = text.len,
		};

		run(&errand);
	}
	buf_release(&text);
}
