/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_ask.c - a session: check_relay for the client, check_mail for the sender,
 * check_rcpt for the recipient
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/sendmail_run.h"

static void set_now(struct sendmail_run *run, const char *name, const char *value)
{
	unsigned char id = sendmail_name_id(run->sendmail, name, strlen(name));

	if (id != 0)
		run->now[id] = value != NULL ? pool_text(run->pool, value) : NULL;
}

static void set_unknown(struct sendmail_run *run)
{
	static const char *const names[] = {
		"if_addr",  "if_name",	  "if_family", "if_addr_out", "if_name_out", "daemon_addr", "daemon_port", "daemon_family", "client_port", "load_avg",
		"ntries",   "server_addr", "time",     "msg_id",      "i",	     "t",	    "d",	   "b",		    "a",	   "total_rate",
		"bodytype", "rcpt_host",  "rcpt_mailer", "rcpt_addr", "mail_mailer",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		unsigned char id = sendmail_name_id(run->sendmail, names[i], strlen(names[i]));

		run->now_unknown[id] = id != 0;
	}
}

/* What the macros are while such a client is served. */
static void set_session(struct sendmail_run *run, const char *address, const char *name)
{
	const struct sendmail_question *question = run->question;
	const char delivery[] = { run->sendmail->delivery, '\0' };
	char sender[SENDMAIL_LINE_MOST];

	for (unsigned id = 1; id < 256; id++)
		run->now[id] = run->sendmail->values[id];
	set_unknown(run);
	set_now(run, "client_addr", address);
	set_now(run, "client_name", name);
	set_now(run, "client_ptr", name);
	set_now(run, "client_resolve", question->name != NULL ? "OK" : "FAIL");
	set_now(run, "client_flags", "");
	set_now(run, "client_rate", "1");
	set_now(run, "client_connections", "1");
	set_now(run, "daemon_flags", question->daemon->flags);
	set_now(run, "daemon_name", question->daemon->name);
	set_now(run, "deliveryMode", delivery);
	set_now(run, "opMode", "d");
	set_now(run, "verify", "NONE");
	set_now(run, "cipher_bits", "0");
	set_now(run, "nrcpts", "0");
	set_now(run, "nbadrcpts", "0");
	set_now(run, "addr_type", "e s");
	set_now(run, "s", question->name != NULL ? question->name : name);
	set_now(run, "r", "ESMTP");
	snprintf(sender, sizeof sender, "<%s>", question->sender);
	set_now(run, "mail_from", sender);
	set_now(run, "mail_addr", question->sender);
	set_now(run, "mail_host", strrchr(question->sender, '@') != NULL ? strrchr(question->sender, '@') + 1 : "");
	set_now(run, "f", question->sender);
}

/* The text of $#error $@ ... $: text, which begins with a code, or gets one. */
static void read_error(struct sendmail_run *run, const struct sendmail_words *work, char text[SENDMAIL_LINE_MOST], char host[64])
{
	size_t at = 2, from = 0;

	host[0] = '\0';
	while (at < work->count && (unsigned char)*work->at[at] != SIGN_USER) {
		if ((unsigned char)*work->at[at] == SIGN_HOST)
			from = at + 1;
		at++;
	}
	if (from != 0)
		sendmail_words_join(run->sendmail, work->at + from, at - from, run->sendmail->blank, host, 64);
	if (at < work->count)
		at++;
	sendmail_words_join(run->sendmail, work->at + at, work->count - at, ' ', text, SENDMAIL_LINE_MOST);
	sendmail_words_strip_quotes(text);
}

static bool has_code(const char *text)
{
	return strspn(text, "0123456789") >= 3 && text[3] == ' ';
}

static bool is_word(const char *value, const char *word)
{
	size_t len = strlen(word);

	return strncasecmp(value, word, len) == 0 && (value[len] == '\0' || strchr(" \t\r", value[len]) != NULL);
}

/* Whether a row says more than that nothing is to be said against the client. */
static bool refuses(const struct sendmail_row *row)
{
	static const char *const harmless[] = { "OK", "RELAY", "SKIP", "FRIEND", "HATER" };

	if (row == NULL || strspn(row->value, "0123456789 \t\r") == strlen(row->value))
		return false;
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		if (is_word(row->value, harmless[i]))
			return false;
	return true;
}

static void blame(const struct sendmail_run *run, struct sendmail_verdict *verdict)
{
	verdict->row = refuses(run->refused.row) ? run->refused.row : NULL;
	verdict->by = verdict->row != NULL ? verdict->row->source : run->refused.rule;
}

static void judge_error(struct sendmail_run *run, const struct sendmail_words *work, struct sendmail_verdict *verdict)
{
	struct config *config = run->sendmail->config;
	char text[SENDMAIL_LINE_MOST], host[64];

	read_error(run, work, text, host);
	if (strcmp(host, "quarantine") == 0) {
		verdict->answer = ANSWER_REJECT;
		verdict->why = "it takes the message and keeps it back (quarantine)";
	} else if (has_code(text) && strncmp(text, "451", 3) == 0 && strstr(text, "system failure") != NULL) {
		verdict->answer = ANSWER_BROKEN;
		verdict->why = config_text(config, "it answers %s", config_shown(config, text, strlen(text)));
	} else {
		verdict->answer = has_code(text) && *text == '4' ? ANSWER_DEFER : ANSWER_REJECT;
		verdict->why = config_text(config, "it answers %s%s", has_code(text) ? "" : "553 ", config_shown(config, text, strlen(text)));
	}
	blame(run, verdict);
}

/* One set over one text; true where the question is decided by that. */
static bool check(struct sendmail_run *run, const char *name, const char *text, bool *thrown, struct sendmail_verdict *verdict)
{
	const struct sendmail_set *set = sendmail_set_find(run->sendmail, name);
	struct sendmail_words work = { .at = NULL };
	bool decided = false;

	if (set == NULL || set->count == 0)
		return false;
	run->row = NULL;
	run->granted = run->refused = (struct sendmail_cause){ .rule = NULL };
	if (sendmail_words_scan(run->sendmail, run->pool, text, true, false, &work) == 0) {
		sendmail_rewrite(run, &work, set);
		if (run->unknown != NULL) {
			decided = true;
		} else if (work.count > 1 && (unsigned char)*work.at[0] == SIGN_MAILER) {
			*thrown = *thrown || strcmp(work.at[1], "discard") == 0;
			decided = strcmp(work.at[1], "error") == 0;
			if (decided)
				judge_error(run, &work, verdict);
			else if (strcmp(work.at[1], "discard") == 0)
				blame(run, verdict);
		}
	}
	free(work.at);
	return decided;
}

static void judge_permit(struct sendmail_run *run, bool thrown, struct sendmail_verdict *verdict)
{
	if (thrown) {
		verdict->answer = ANSWER_REJECT;
		verdict->why = "it takes the message and throws it away";
		return;
	}
	verdict->answer = ANSWER_PERMIT;
	verdict->by = verdict->rule = run->granted.rule;
	verdict->why = "it takes mail for outside from this client";
	if (run->granted.row != NULL && is_word(run->granted.row->value, "RELAY")) {
		verdict->row = run->granted.row;
		verdict->by = verdict->row->source;
	} else if (run->granted.member != NULL) {
		verdict->member = run->granted.member;
		verdict->by = verdict->member->source != NULL ? verdict->member->source : verdict->by;
	}
}

static void run_session(struct sendmail_run *run, struct sendmail_verdict *verdict)
{
	const struct sendmail_question *question = run->question;
	char text[SENDMAIL_LINE_MOST], address[ADDRESS_TEXT], name[300];
	bool thrown = false;

	sendmail_address_text(run->sendmail, &question->client, address);
	if (question->name != NULL)
		snprintf(name, sizeof name, "%.290s", question->name);
	else
		snprintf(name, sizeof name, "[%s]", address);
	set_session(run, address, name);
	snprintf(text, sizeof text, "%s%c%s", name, (char)SIGN_ELSE, address);
	if (check(run, "check_relay", text, &thrown, verdict))
		return;
	if (question->daemon->wants_login) {
		*verdict = (struct sendmail_verdict){ .answer = ANSWER_REJECT, .why = "this port asks every client to log in (Modifiers=a)" };
		return;
	}
	snprintf(text, sizeof text, "<%s>", question->sender);
	if (check(run, "check_mail", text, &thrown, verdict))
		return;
	set_now(run, "addr_type", "e r");
	snprintf(text, sizeof text, "<%s>", question->recipient);
	if (!check(run, "check_rcpt", text, &thrown, verdict))
		judge_permit(run, thrown, verdict);
}

void sendmail_ask(struct sendmail *sendmail, const struct sendmail_question *question, struct sendmail_verdict *verdict)
{
	struct sendmail_run run = { .sendmail = sendmail, .question = question };

	*verdict = (struct sendmail_verdict){ .answer = ANSWER_UNKNOWN };
	if (sendmail->broken != NULL) {
		*verdict = (struct sendmail_verdict){ .answer = ANSWER_BROKEN, .by = sendmail->broken_at, .why = sendmail->broken };
		return;
	}
	run.pool = pool_new();
	run_session(&run, verdict);
	if (run.unknown != NULL)
		*verdict = (struct sendmail_verdict){ .answer = ANSWER_UNKNOWN, .by = run.refused.rule, .why = run.unknown };
	sendmail->steps_left -= run.steps < sendmail->steps_left ? run.steps : sendmail->steps_left;
	pool_free(run.pool);
}

static bool serves(const struct sendmail_daemon *daemon, int family)
{
	return daemon->family == 0 || daemon->family == family;
}

static void add_reply(struct sendmail *sendmail, const struct config_client *client, const struct sendmail_daemon *daemon,
		      struct config_replies *replies)
{
	struct sendmail_question question = {
		.client = client->address, .sender = "sender@example.net", .recipient = "victim@example.com", .daemon = daemon,
	};
	struct sendmail_verdict verdict;
	char *name = client->name != NULL ? mem_text(client->name) : NULL;

	for (char *byte = name; byte != NULL && *byte != '\0'; byte++)
		*byte = *byte > ' ' && *byte < 0x7f ? *byte : '?';
	question.name = name;
	sendmail_ask(sendmail, &question, &verdict);
	free(name);
	MEM_ROOM(replies->rows, replies->count, replies->capacity);
	replies->rows[replies->count++] = (struct config_reply){ .service = daemon->name, .answer = verdict.answer, .by = verdict.by, .why = verdict.why };
}

void sendmail_replies(struct sendmail *sendmail, const struct config_client *client, struct config_replies *replies)
{
	bool any = false;

	for (size_t i = 0; i < sendmail->daemon_count; i++)
		any = any || serves(&sendmail->daemons[i], client->address.family);
	/* Those at the port for mail first; where none is for the family, what they would say. */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < sendmail->daemon_count; i++)
			if (sendmail->daemons[i].is_mx_port == (pass == 0) && (!any || serves(&sendmail->daemons[i], client->address.family)))
				add_reply(sendmail, client, &sendmail->daemons[i], replies);
}
