/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_command.c - a practice server's answers
 *
 * RFC 5321, with the freedoms that real servers take: LF alone ends a line, blanks
 * around a path are skipped, and brackets may be missing.  One table of verbs;
 * what counts against a limit is counted after the answer, in practice_limit.c.
 */
#include "remote/practice_session.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/text.h"
#include "remote/practice_ledger.h"
#include "remote/practice_mail.h"
#include "remote/practice_path.h"

struct command {
	struct practice_session *session;
	const char *line, *rest;
	size_t len, rest_len; /* `rest` is what follows the verb, without blanks around it */
};

struct verb {
	char name[9];
	unsigned char len;
	unsigned char kind;
	unsigned char stage; /* enum practice_stage */
	void (*answer)(struct command *command);
};

static const struct practice_rules *rules_of(const struct practice_session *session)
{
	return session->practice->rules;
}

static void say(struct command *command, enum practice_text text)
{
	practice_say(command->session, text, command->rest, command->rest_len);
}

static void end_transaction(struct practice_session *session)
{
	session->mail = false;
	session->recipients = session->outside = session->bad_recipients = 0;
	session->asker.had_local = false;
	session->asker.sender = 0;
	practice_mail_forget(session);
}

/* The path behind "FROM:" or "TO:"; false after having said what is wrong with it. */
static bool take_path(struct command *command, const char *word, enum practice_text wrong, struct practice_path *path)
{
	const char *text = command->rest;
	size_t len = command->rest_len, size = strlen(word);
	bool good = len >= size && strncasecmp(text, word, size) == 0;

	if (good) {
		text += size;
		len -= size;
		while (len != 0 && (*text == ' ' || *text == '\t')) {
			text++;
			len--;
		}
		good = practice_path_find(text, len, path);
	}
	if (!good) {
		command->session->syntax++;
		say(command, wrong);
		return false;
	}
	if (rules_of(command->session)->texts[TEXT_PARAMETER] != NULL && !practice_path_parameters(path->rest, path->rest_len)) {
		command->session->syntax++;
		practice_say(command->session, TEXT_PARAMETER, path->rest, path->rest_len);
		return false;
	}
	return true;
}

/* What is wrong with the sender; PRACTICE_TEXTS when nothing is. */
static enum practice_text sender_fault(struct practice_session *session, const struct practice_path *path)
{
	const struct practice_rules *rules = rules_of(session);
	unsigned sender = session->asker.sender;
	bool system = path->len == 10 && strncasecmp(path->text, "postmaster", 10) == 0;

	if ((sender & SENDER_UNQUALIFIED) != 0 && !system && rules->texts[TEXT_SENDER_UNQUALIFIED] != NULL)
		return TEXT_SENDER_UNQUALIFIED;
	if ((sender & SENDER_LITERAL) != 0 && rules->texts[TEXT_SENDER_LITERAL] != NULL)
		return TEXT_SENDER_LITERAL;
	if ((sender & SENDER_UNRESOLVABLE) != 0 && rules->flags[FLAG_SENDER_MUST_RESOLVE] && !rules->flags[FLAG_SENDER_AT_RCPT])
		return TEXT_SENDER;
	return PRACTICE_TEXTS;
}

static void answer_mail(struct command *command)
{
	struct practice_session *session = command->session;
	const struct practice_rules *rules = rules_of(session);
	enum practice_text fault;
	struct practice_path path;

	if (rules->flags[FLAG_HELO_REQUIRED] && session->hellos == 0) {
		say(command, TEXT_NEED_HELO);
		return;
	}
	if (rules->flags[FLAG_AUTH_REQUIRED] && !session->asker.authenticated) {
		say(command, TEXT_NEED_AUTH);
		return;
	}
	if (session->mail && rules->texts[TEXT_SECOND_MAIL] != NULL) {
		say(command, TEXT_SECOND_MAIL);
		return;
	}
	if (!take_path(command, "FROM:", TEXT_MAIL_SYNTAX, &path))
		return;
	end_transaction(session);
	session->asker.sender = practice_sender(rules, &session->asker, path.text, path.len);
	fault = sender_fault(session, &path);
	if (fault != PRACTICE_TEXTS) {
		session->syntax += fault != TEXT_SENDER;
		practice_say(session, fault, path.text, path.len);
		return;
	}
	session->mail = true;
	session->sender = practice_hash(PRACTICE_HASH, path.text, path.len);
	practice_mail_from(session, &path);
	practice_say(session, TEXT_MAIL, path.text, path.len);
}

/* Whether the triplet of client, sender and recipient has to come again. */
static bool is_greylisted(struct practice_session *session, const struct practice_path *path)
{
	long tries = rules_of(session)->numbers[NUMBER_GREYLIST];
	uint64_t hash = session->sender;

	if (tries == 0)
		return false;
	hash = practice_hash(hash, session->asker.client.bytes, sizeof session->asker.client.bytes);
	hash = practice_hash(hash, path->text, path->len);
	return practice_ledger_try(session->practice->ledger, hash) < tries;
}

static enum practice_text judge(struct practice_session *session, const struct practice_path *path)
{
	static const enum practice_text texts[] = {
		[ANSWER_LOCAL] = TEXT_RCPT,   [ANSWER_OUTSIDE] = TEXT_RCPT,       [ANSWER_DENIED] = TEXT_RELAY,
		[ANSWER_UNKNOWN] = TEXT_USER, [ANSWER_SYNTAX] = TEXT_RCPT_SYNTAX, [ANSWER_LITERAL] = TEXT_RCPT_LITERAL,
	};
	enum practice_answer answer = practice_judge(rules_of(session), &session->asker, path->text, path->len);

	session->syntax += answer == ANSWER_SYNTAX || answer == ANSWER_LITERAL;
	if (answer > ANSWER_OUTSIDE)
		return texts[answer];
	if (is_greylisted(session, path))
		return TEXT_GREYLIST;
	session->recipients++;
	practice_mail_to(session, path, answer);
	if (answer == ANSWER_LOCAL) {
		session->asker.had_local = true;
	} else {
		session->outside++;
		session->practice->counts.accepted_outside++;
	}
	return TEXT_RCPT;
}

static void answer_rcpt(struct command *command)
{
	struct practice_session *session = command->session;
	const struct practice_rules *rules = rules_of(session);
	long most = rules->numbers[NUMBER_RECIPIENTS];
	struct practice_path path;
	enum practice_text text;

	if (!session->mail) {
		say(command, TEXT_NEED_MAIL);
		return;
	}
	if (!take_path(command, "TO:", TEXT_RCPT_SYNTAX, &path))
		return;
	if (session->blocked)
		text = TEXT_CLIENT;
	else if (session->spoke_early && rules->flags[FLAG_REFUSE_EARLY])
		text = TEXT_EARLY;
	else if (most != 0 && session->recipients >= (unsigned long)most)
		text = TEXT_RECIPIENTS;
	else if ((session->asker.sender & SENDER_UNKNOWN) != 0 && rules->flags[FLAG_SENDER_MUST_EXIST])
		text = TEXT_SENDER_USER;
	else if ((session->asker.sender & SENDER_UNRESOLVABLE) != 0 && rules->flags[FLAG_SENDER_MUST_RESOLVE])
		text = TEXT_SENDER;
	else
		text = judge(session, &path);
	practice_say(session, text, path.text, path.len);
}

/* Whether there is someone to take a message for; says so if not. */
static bool has_recipients(struct command *command)
{
	struct practice_session *session = command->session;

	if (session->recipients != 0)
		return true;
	say(command, session->bad_recipients != 0 ? TEXT_NO_RCPT : TEXT_NEED_RCPT);
	return false;
}

static void answer_data(struct command *command)
{
	struct practice_session *session = command->session;
	const char *refusal = rules_of(session)->refuse_at_data;

	if (!has_recipients(command))
		return;
	if (refusal != NULL && session->outside != 0) {
		practice_say_text(session, refusal, "", 0);
		buf_add(&session->practice->out, "\r\n", 2);
		return;
	}
	say(command, TEXT_DATA);
	session->mode = MODE_DATA;
	/* An empty message's dot stands at the beginning of a line. */
	session->window = 0x0d0a;
	session->last_chunk = true;
	session->amid = false;
}

static void answer_bdat(struct command *command)
{
	struct practice_session *session = command->session;
	char line[32], *rest = line, *size, *last;
	long octets;

	snprintf(line, sizeof line, "%.*s", (int)(command->rest_len < 31 ? command->rest_len : 31), command->rest);
	size = strsep(&rest, " ");
	last = strsep(&rest, " ");
	octets = text_number(size, 0, 1000000000);
	if (octets < 0 || (last != NULL && strcasecmp(last, "LAST") != 0)) {
		say(command, TEXT_NO_COMMAND);
		return;
	}
	session->left = (uint64_t)octets;
	session->last_chunk = last != NULL;
	session->mode = MODE_CHUNK;
	/* Octets that nobody is there for come all the same, and are thrown away (RFC 3030 2). */
	has_recipients(command);
	if (octets == 0)
		practice_message_end(session);
}

void practice_message_end(struct practice_session *session)
{
	const char *refusal = rules_of(session)->refuse_at_dot;
	struct buf *out = &session->practice->out;
	size_t mark = out->len;
	bool dotted = session->mode == MODE_DATA;

	session->mark = mark;
	session->mode = MODE_COMMAND;
	if (session->recipients == 0)
		return;
	if (!session->last_chunk) {
		buf_text(out, "250 2.0.0 Ok: chunk\r\n");
		return;
	}
	if (refusal != NULL && session->outside != 0) {
		practice_say_text(session, refusal, "", 0);
		buf_add(out, "\r\n", 2);
		session->errors++;
		session->refusals++;
	} else {
		practice_say(session, TEXT_DOT, "", 0);
		practice_mail_take(session, dotted);
		session->errors = 0;
	}
	session->practice->counts.messages++;
	end_transaction(session);
	session->used_rset = session->used_helo = session->used_starttls = false;
	practice_bend(session, AT_DOT, mark);
}

static void answer_rset(struct command *command)
{
	end_transaction(command->session);
	say(command, TEXT_RSET);
}

static void answer_quit(struct command *command)
{
	say(command, TEXT_QUIT);
	command->session->then = NEXT_CLOSE;
}

static bool take_hello(struct command *command, bool extended)
{
	struct practice_session *session = command->session;
	const struct practice_rules *rules = rules_of(session);
	long slow = rules->numbers[NUMBER_SECOND_EHLO_DELAY];

	if (command->rest_len == 0 && rules->texts[TEXT_HELO_SYNTAX] != NULL) {
		session->syntax++;
		say(command, TEXT_HELO_SYNTAX);
		return false;
	}
	if (session->hellos != 0 && rules->texts[TEXT_SECOND_EHLO] != NULL) {
		say(command, TEXT_SECOND_EHLO);
		return false;
	}
	end_transaction(session);
	session->asker.helo = practice_helo(rules, command->rest, command->rest_len);
	practice_mail_hello(session, command->rest, command->rest_len, extended);
	/* Sendmail's: 1, 2, 4, 8 times the delay. */
	if (session->hellos != 0 && slow != 0)
		session->sleep += slow << (session->hellos < 5 ? session->hellos - 1 : 3);
	session->hellos++;
	return true;
}

static void answer_helo(struct command *command)
{
	if (take_hello(command, false))
		say(command, TEXT_HELO);
}

static void answer_ehlo(struct command *command)
{
	struct practice_session *session = command->session;
	const struct practice_rules *rules = rules_of(session);
	struct buf *out = &session->practice->out;
	const char *line = rules->capability_lines[session->asker.secure], *end;
	size_t last = out->len;

	if (!take_hello(command, true))
		return;
	buf_add(out, "250-", 4);
	practice_say_text(session, rules->texts[TEXT_EHLO], command->rest, command->rest_len);
	buf_add(out, "\r\n", 2);
	if (practice_network_has(&rules->xclients, &session->asker.client)) {
		last = out->len;
		buf_text(out, "250-XCLIENT NAME ADDR PROTO HELO PORT LOGIN\r\n");
	}
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		last = out->len;
		buf_add(out, "250-", 4);
		buf_add(out, line, (size_t)(end - line));
		buf_add(out, "\r\n", 2);
	}
	out->data[last + 3] = ' ';
}

static void answer_starttls(struct command *command)
{
	struct practice_session *session = command->session;

	if (!rules_of(session)->flags[FLAG_TLS] || session->asker.secure) {
		say(command, TEXT_NO_STARTTLS);
		return;
	}
	say(command, TEXT_STARTTLS);
	end_transaction(session);
	session->then = NEXT_TLS;
}

static void end_auth(struct practice_session *session)
{
	session->mode = MODE_COMMAND;
	session->asker.authenticated = rules_of(session)->flags[FLAG_AUTH_TAKES_ANY];
	practice_say(session, session->asker.authenticated ? TEXT_AUTH_OK : TEXT_AUTH_FAILED, "", 0);
}

static void answer_auth(struct command *command)
{
	struct practice_session *session = command->session;
	struct buf *out = &session->practice->out;
	const char *word = command->rest;
	size_t len = 0;
	bool login;

	if (!rules_of(session)->flags[FLAG_AUTH] || session->asker.authenticated) {
		say(command, TEXT_NO_AUTH);
		return;
	}
	while (len < command->rest_len && word[len] != ' ')
		len++;
	login = len == 5 && strncasecmp(word, "LOGIN", 5) == 0;
	if (!login && !(len == 5 && strncasecmp(word, "PLAIN", 5) == 0)) {
		buf_text(out, "504 5.5.4 Unrecognized authentication type\r\n");
		return;
	}
	session->prompts = (unsigned char)(1 + login - (len < command->rest_len));
	if (session->prompts == 0) {
		end_auth(session);
		return;
	}
	session->mode = MODE_AUTH;
	buf_text(out, !login ? "334 \r\n" : session->prompts == 2 ? "334 VXNlcm5hbWU6\r\n" : "334 UGFzc3dvcmQ6\r\n");
}

void practice_auth_line(struct practice_session *session, const char *line, size_t len)
{
	struct buf *out = &session->practice->out;

	session->mark = out->len;
	if (len == 1 && *line == '*') {
		session->mode = MODE_COMMAND;
		buf_text(out, "501 5.7.0 Authentication aborted\r\n");
	} else if (--session->prompts == 0) {
		end_auth(session);
	} else {
		buf_text(out, "334 UGFzc3dvcmQ6\r\n");
	}
}

static void answer_noop(struct command *command)
{
	say(command, TEXT_NOOP);
}

static void answer_vrfy(struct command *command)
{
	say(command, TEXT_VRFY);
}

static void answer_help(struct command *command)
{
	say(command, TEXT_HELP);
}

/* The address of "XCLIENT ... ADDR=198.51.100.1 ...": the client is from now on whom it says it is. */
static bool take_claim(struct command *command, struct address *client)
{
	char line[512], *rest = line, *word;
	struct err err = ERR_INIT;
	bool found = false;

	if (command->rest_len >= sizeof line)
		return false;
	memcpy(line, command->rest, command->rest_len);
	line[command->rest_len] = '\0';
	while ((word = strsep(&rest, " ")) != NULL) {
		if (!text_starts_nocase(word, "ADDR="))
			continue;
		word += text_starts_nocase(word, "ADDR=IPV6:") ? 10 : 5;
		found = address_parse(word, client, &err) == 0;
	}
	return found;
}

static void answer_xclient(struct command *command)
{
	struct practice_session *session = command->session;
	struct address client = session->asker.client;

	if (!practice_network_has(&rules_of(session)->xclients, &client)) {
		say(command, TEXT_XCLIENT);
		return;
	}
	if (!take_claim(command, &client)) {
		buf_text(&session->practice->out, "501 5.5.4 Bad XCLIENT attribute\r\n");
		return;
	}
	session->asker.client = client;
	session->asker.helo = 0;
	session->asker.authenticated = false;
	session->hellos = 0;
	end_transaction(session);
	practice_session_banner(session, &session->practice->out);
}

static void answer_unknown(struct command *command)
{
	practice_say(command->session, TEXT_NO_COMMAND, command->line, command->len);
}

static const struct verb verbs[] = {
	{ "RCPT", 4, VERB_MAIL | VERB_RCPT, AT_RCPT, answer_rcpt },
	{ "MAIL", 4, VERB_MAIL, AT_MAIL, answer_mail },
	{ "RSET", 4, 0, AT_RSET, answer_rset },
	{ "EHLO", 4, VERB_LAST | VERB_ANYWHERE, AT_EHLO, answer_ehlo },
	{ "QUIT", 4, VERB_MAIL | VERB_LAST | VERB_ANYWHERE, AT_QUIT, answer_quit },
	{ "DATA", 4, VERB_MAIL | VERB_LAST, AT_DATA, answer_data },
	{ "HELO", 4, VERB_LAST | VERB_ANYWHERE, AT_EHLO, answer_helo },
	{ "STARTTLS", 8, VERB_LAST | VERB_ANYWHERE, AT_STARTTLS, answer_starttls },
	{ "AUTH", 4, VERB_LAST, AT_OTHER, answer_auth },
	{ "BDAT", 4, VERB_MAIL, AT_DATA, answer_bdat },
	{ "NOOP", 4, VERB_LAST | VERB_ANYWHERE, AT_OTHER, answer_noop },
	{ "VRFY", 4, VERB_LAST, AT_OTHER, answer_vrfy },
	{ "HELP", 4, VERB_ANYWHERE, AT_OTHER, answer_help },
	{ "XCLIENT", 7, VERB_LAST, AT_OTHER, answer_xclient },
	{ "", 0, VERB_UNKNOWN, AT_OTHER, answer_unknown },
};

static const struct verb *verb_of(const char *line, size_t len)
{
	const struct verb *verb = verbs;

	for (; verb->len != 0; verb++)
		if (len >= verb->len && (line[0] | 0x20) == (verb->name[0] | 0x20) &&
		    strncasecmp(line, verb->name, verb->len) == 0 &&
		    (len == verb->len || line[verb->len] == ' ' || line[verb->len] == '\t'))
			break;
	return verb;
}

/* Whether it is this command's turn; what keeps it from that is said. */
static bool is_in_turn(struct command *command, const struct verb *verb)
{
	struct practice_session *session = command->session;
	const struct practice_rules *rules = rules_of(session);

	if (session->more && (!rules->flags[FLAG_PIPELINING] || session->hellos == 0 || (verb->kind & VERB_LAST) != 0))
		practice_session_early(session);
	if (session->more && rules->flags[FLAG_STRICT_LOCKSTEP]) {
		practice_cut_off(session, TEXT_LOCKSTEP);
		return false;
	}
	if (rules->flags[FLAG_TLS_ONLY] && !session->asker.secure && (verb->kind & VERB_ANYWHERE) == 0) {
		say(command, TEXT_NEED_TLS);
		return false;
	}
	return true;
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

void practice_command(struct practice_session *session, const char *line, size_t len)
{
	const struct verb *verb = verb_of(line, len);
	struct command command = { session, line, line + verb->len, len, len - verb->len };
	bool swallow = session->swallow;
	size_t mark = session->practice->out.len;

	while (command.rest_len != 0 && is_blank(*command.rest)) {
		command.rest++;
		command.rest_len--;
	}
	while (command.rest_len != 0 && is_blank(command.rest[command.rest_len - 1]))
		command.rest_len--;
	session->mark = mark;
	session->commands++;
	session->practice->counts.commands++;
	if (session->hang_up) {
		session->then = NEXT_CLOSE;
		return;
	}
	session->swallow = false;
	if (is_in_turn(&command, verb)) {
		verb->answer(&command);
		if (session->then == NEXT_READ || (verb->kind & VERB_ANYWHERE) != 0)
			practice_account(session, verb->kind, (enum practice_stage)verb->stage, mark);
	}
	session->mark = mark;
	if (swallow)
		practice_unsay(session, mark);
	practice_bend(session, (enum practice_stage)verb->stage, mark);
}
