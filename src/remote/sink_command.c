/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink_command.c - what the sink answers
 *
 * RFC 5321, with PIPELINING (2920), SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531),
 * CHUNKING (3030), ENHANCEDSTATUSCODES (2034) and STARTTLS (3207).  No DSN (3461): a
 * server that passes a message on then says itself that it has, to its sender.
 *
 * A recipient is at one of the domains and carries a token (envelope.h), and nothing
 * else is one.  What a client says is never said back to it.
 */
#include "remote/sink_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/stream.h"
#include "net/tls.h"
#include "remote/envelope.h"
#include "remote/sink_path.h"

/* Bytes of a refused address that the log shows. */
enum { SHOWN = 80 };

static void say(struct sink_session *session, const char *reply)
{
	struct buf *out = &session->sink->out;

	buf_text(out, reply);
	buf_add(out, "\r\n", 2);
	session->errors += reply[0] == '4' || reply[0] == '5';
}

static void note_refusal(struct sink_session *session, const char *why, const char *what, size_t len)
{
	struct buf text = BUF_INIT(512);

	if (session->refused != NULL)
		return;
	buf_text(&text, why);
	text_escape(&text, what, len < SHOWN ? len : SHOWN);
	session->refused = buf_detach(&text);
}

void sink_cut_off(struct sink_session *session, const char *reply)
{
	say(session, reply);
	session->then = SINK_CLOSE;
	free(session->refused);
	session->refused = mem_text(reply);
}

void sink_reset(struct sink_session *session)
{
	free(session->sender);
	session->sender = NULL;
	for (size_t i = 0; i < session->recipient_count; i++)
		free(session->recipients[i].path);
	free(session->recipients);
	session->recipients = NULL;
	session->recipient_count = session->recipient_room = 0;
	buf_release(&session->message);
	session->size = 0;
	session->data = (struct sink_data){ 0 };
	session->sink->receiving -= session->receiving;
	session->receiving = session->chunked = false;
}

static void do_helo(struct sink_session *session, const char *text, size_t len)
{
	const char *name = session->sink->settings->name;

	while (len != 0 && *text == ' ') {
		text++;
		len--;
	}
	if (len == 0 || len > SINK_HELO) {
		say(session, "501 5.5.4 Say who you are");
		return;
	}
	free(session->helo);
	session->helo = mem_bytes(text, len);
	sink_reset(session);
	buf_printf(&session->sink->out, "250 %s\r\n", name ? name : session->sink->settings->domains[0]);
}

static void do_ehlo(struct sink_session *session, const char *text, size_t len)
{
	struct buf *out = &session->sink->out;
	size_t mark = out->len;

	do_helo(session, text, len);
	if (out->data[mark] != '2')
		return;
	out->data[mark + 3] = '-';
	buf_printf(out, "250-PIPELINING\r\n250-SIZE %d\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n", SINK_MESSAGE_MOST);
	if (session->sink->settings->tls != NULL && !session->secure)
		buf_text(out, "250-STARTTLS\r\n");
	buf_text(out, "250 ENHANCEDSTATUSCODES\r\n");
}

static void do_starttls(struct sink_session *session, const char *text, size_t len)
{
	(void)text;
	if (session->sink->settings->tls == NULL || session->secure) {
		say(session, "502 5.5.1 STARTTLS is not offered");
	} else if (len != 0) {
		say(session, "501 5.5.4 STARTTLS takes no argument");
	} else if (session->sink->secured >= session->sink->settings->limits->secured) {
		say(session, "454 4.7.0 TLS is not available now");
	} else {
		say(session, "220 2.0.0 Go ahead");
		session->then = SINK_START_TLS;
	}
}

static void say_broken(struct sink_session *session, enum sink_path_read how)
{
	say(session, how == SINK_PATH_PARAMETER ? "555 5.5.4 This parameter is not known" : "501 5.5.4 This is no address and parameters");
}

/* The rest of the text behind "FROM:"; NULL: it is not there. */
static const char *behind(const char *text, size_t *len, const char *word)
{
	size_t size = strlen(word);

	if (*len < size || strncasecmp(text, word, size) != 0)
		return NULL;
	*len -= size;
	return text + size;
}

static void do_mail(struct sink_session *session, const char *text, size_t len)
{
	const struct sink_limits *limits = session->sink->settings->limits;
	struct sink_path path;
	enum sink_path_read how;

	text = behind(text, &len, "FROM:");
	how = text ? sink_path_read(text, len, true, &path) : SINK_PATH_BROKEN;
	if (how != SINK_PATH_GOOD) {
		say_broken(session, how);
	} else if (session->helo == NULL || session->sender != NULL) {
		say(session, session->helo ? "503 5.5.1 One sender after the other" : "503 5.5.1 Say EHLO first");
	} else if (path.size > SINK_MESSAGE_MOST) {
		say(session, "552 5.3.4 That is too large");
	} else if (session->peer->messages >= limits->messages_peer || session->sink->all.messages >= limits->messages) {
		say(session, "450 4.7.1 Too many messages in a minute: try again later");
		note_refusal(session, "too many messages in a minute", "", 0);
	} else {
		session->sender = mem_bytes(path.path, path.len);
		say(session, "250 2.1.0 Ok");
	}
}

/* Whether it carries one of our tokens; else why not. */
static const char *refuse(const struct sink_session *session, const char *address, struct token *token)
{
	const struct sink_settings *settings = session->sink->settings;
	size_t i = 0;

	while (i < settings->domain_count && !sink_path_is_at(address, settings->domains[i]))
		i++;
	if (i == settings->domain_count || !envelope_token(settings->key, session->sender, address, token))
		return "550 5.7.1 Relaying denied: only the test messages of this sink's owner are taken here";
	if (token_is_expired(token, time(NULL)))
		return "550 5.7.1 This test is over: its address has expired";
	return NULL;
}

static void say_refusal(struct sink_session *session, const char *why)
{
	say(session, why);
	if (session->sink->settings->contact != NULL) {
		struct buf *out = &session->sink->out;

		out->len -= 2;
		buf_printf(out, "; questions to %s\r\n", session->sink->settings->contact);
	}
}

/* Takes the address. */
static void add_recipient(struct sink_session *session, char *address, const struct token *token)
{
	MEM_ROOM(session->recipients, session->recipient_count, session->recipient_room);
	session->recipients[session->recipient_count++] = (struct sink_recipient){ *token, address };
	session->known = true;
	say(session, "250 2.1.5 Ok");
}

static void take_recipient(struct sink_session *session, char *address)
{
	struct token token;
	const char *why = refuse(session, address, &token);

	if (why == NULL && session->recipient_count < SINK_RECIPIENTS) {
		add_recipient(session, address, &token);
		return;
	}
	if (why != NULL) {
		note_refusal(session, "no token: ", address, strlen(address));
		say_refusal(session, why);
	} else {
		say(session, "452 4.5.3 That is enough for one message");
	}
	free(address);
}

static void do_rcpt(struct sink_session *session, const char *text, size_t len)
{
	struct sink_path path;
	enum sink_path_read how;

	text = behind(text, &len, "TO:");
	how = text ? sink_path_read(text, len, false, &path) : SINK_PATH_BROKEN;
	if (session->sender == NULL || session->chunked) {
		say(session, "503 5.5.1 Say MAIL first");
		return;
	}
	if (how != SINK_PATH_GOOD) {
		say_broken(session, how);
		return;
	}
	take_recipient(session, mem_bytes(path.path, path.len));
}

/* Whether a message may begin; else says why not. */
static bool begin_message(struct sink_session *session)
{
	if (session->recipient_count == 0) {
		say(session, session->sender ? "554 5.5.1 There is no recipient" : "503 5.5.1 Say MAIL first");
		return false;
	}
	if (!session->receiving && session->sink->receiving >= session->sink->settings->limits->receiving) {
		say(session, "452 4.3.1 Too many messages at once: try again later");
		return false;
	}
	session->sink->receiving += !session->receiving;
	session->receiving = true;
	return true;
}

static void do_data(struct sink_session *session, const char *text, size_t len)
{
	(void)text;
	if (len != 0) {
		say(session, "501 5.5.4 DATA takes no argument");
	} else if (session->chunked) {
		say(session, "503 5.5.1 BDAT it was, and BDAT it stays");
	} else if (begin_message(session)) {
		session->mode = SINK_DATA;
		say(session, "354 Go ahead; CR LF . CR LF is the end");
	}
}

/* "1000" or "1000 LAST"; false: neither. */
static bool read_chunk_words(const char *text, size_t len, uint64_t *size, bool *last)
{
	size_t digits = 0;
	uint64_t number = 0;

	while (digits < len && digits < 19 && text[digits] >= '0' && text[digits] <= '9')
		number = number * 10 + (uint64_t)(text[digits++] - '0');
	*size = number;
	*last = len == digits + 5 && strncasecmp(text + digits, " LAST", 5) == 0;
	return digits != 0 && (*last || digits == len);
}

static void do_bdat(struct sink_session *session, const char *text, size_t len)
{
	uint64_t size;
	bool last;

	if (!read_chunk_words(text, len, &size, &last)) {
		/* What follows cannot be told from commands any more. */
		sink_cut_off(session, "501 5.5.4 BDAT takes a size");
		return;
	}
	/* The octets come whatever is said now (RFC 3030 2): they are read, and thrown away. */
	session->discarding = !begin_message(session);
	session->chunked = session->chunked || !session->discarding;
	session->last_chunk = last;
	session->left = size;
	session->mode = SINK_CHUNK;
	if (size == 0)
		sink_end_chunk(session);
}

static void do_rset(struct sink_session *session, const char *text, size_t len)
{
	(void)text;
	(void)len;
	sink_reset(session);
	say(session, "250 2.0.0 Ok");
}

static void do_noop(struct sink_session *session, const char *text, size_t len)
{
	(void)text;
	(void)len;
	say(session, "250 2.0.0 Ok");
}

static void do_vrfy(struct sink_session *session, const char *text, size_t len)
{
	(void)text;
	(void)len;
	say(session, "252 2.5.2 Nobody is told who is here");
}

static void do_expn(struct sink_session *session, const char *text, size_t len)
{
	(void)text;
	(void)len;
	say(session, "502 5.5.1 There are no lists here");
}

static void do_help(struct sink_session *session, const char *text, size_t len)
{
	(void)text;
	(void)len;
	say(session, "214 2.0.0 This is the sink of a relayaudit: it takes test messages, and nothing else");
}

static void do_quit(struct sink_session *session, const char *text, size_t len)
{
	(void)text;
	(void)len;
	say(session, "221 2.0.0 Bye");
	session->then = SINK_CLOSE;
}

static const struct {
	const char *verb;
	void (*act)(struct sink_session *session, const char *text, size_t len);
} verbs[] = {
	{ "EHLO", do_ehlo }, { "HELO", do_helo }, { "MAIL", do_mail }, { "RCPT", do_rcpt },         { "DATA", do_data },
	{ "BDAT", do_bdat }, { "RSET", do_rset }, { "NOOP", do_noop }, { "STARTTLS", do_starttls }, { "QUIT", do_quit },
	{ "VRFY", do_vrfy }, { "EXPN", do_expn }, { "HELP", do_help },
};

/* Whether it may go on. */
static bool count_command(struct sink_session *session)
{
	session->moved = true;
	session->heard = clock_now();
	if (session->errors >= SINK_ERRORS)
		sink_cut_off(session, "421 4.7.0 Too many errors");
	else if (++session->commands > SINK_COMMANDS)
		sink_cut_off(session, "421 4.7.0 Too many commands");
	return session->then != SINK_CLOSE;
}

void sink_command_too_long(struct sink_session *session)
{
	if (count_command(session))
		say(session, "500 5.5.2 That line is too long");
}

void sink_command(struct sink_session *session, const char *line, size_t len)
{
	const char *space = memchr(line, ' ', len);
	size_t verb = space ? (size_t)(space - line) : len;
	/* Blanks at the end are let pass. */
	size_t size = len;

	if (!count_command(session))
		return;
	while (size > verb && line[size - 1] == ' ')
		size--;
	if (memchr(line, '\0', len) != NULL || memchr(line, '\r', len) != NULL) {
		say(session, "500 5.5.2 There are bytes in that line that no command has");
		return;
	}
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		if (verb == strlen(verbs[i].verb) && strncasecmp(line, verbs[i].verb, verb) == 0) {
			verbs[i].act(session, size > verb ? line + verb + 1 : "", size > verb ? size - verb - 1 : 0);
			return;
		}
	}
	say(session, "500 5.5.2 This is no command");
}

void sink_add_message(void *context, const char *bytes, size_t len)
{
	struct sink_session *session = context;

	session->size += len;
	buf_add(&session->message, bytes, len);
	/* What is beyond the ceiling was counted, and is no matter. */
}

static void describe(const struct sink_session *session, const struct record *record, struct buf *line)
{
	const struct sighting *seen = &record->seen;

	buf_printf(line, "caught run=%s number=%u role=%u peer=%s helo=", seen->token.run, seen->token.number,
		   (unsigned)seen->token.role, seen->peer);
	text_escape(line, seen->helo, strlen(seen->helo));
	buf_text(line, " from=<");
	text_escape(line, seen->mail_from, strlen(seen->mail_from) < SHOWN ? strlen(seen->mail_from) : SHOWN);
	buf_printf(line, "> recipients=%zu size=%llu%s", session->recipient_count, (unsigned long long)record->size,
		   record->tls ? " tls" : "");
}

static void make_record(struct sink_session *session, struct record *record, char tls[96], char peer[ADDRESS_TEXT])
{
	const struct buf *message = &session->message;
	size_t header = record_header_len(message->data, message->len);
	struct tls_facts facts;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	address_print(&session->client, peer);
	*record = (struct record){
		.seen = { .when = now.tv_sec, .peer = peer, .helo = session->helo, .mail_from = session->sender,
			  .headers = message->data, .headers_len = header },
		.nanoseconds = now.tv_nsec,
		.size = session->size,
		.truncated = session->size > message->len,
		.body = message->data + header,
		.body_len = message->len - header,
	};
	if (session->secure) {
		stream_describe_tls(session->stream, &facts);
		snprintf(tls, 96, "%s %s", facts.version, facts.cipher);
		record->tls = tls;
	}
}

/* Gives the message to whoever keeps it. */
static void keep(struct sink_session *session)
{
	const struct sink_settings *settings = session->sink->settings;
	struct record *records = mem_new(session->recipient_count * sizeof *records);
	struct buf line = BUF_INIT(2048);
	struct err err = ERR_INIT;
	char tls[96], peer[ADDRESS_TEXT];
	enum kept how;

	make_record(session, &records[0], tls, peer);
	for (size_t i = 0; i < session->recipient_count; i++) {
		records[i] = records[0];
		records[i].seen.token = session->recipients[i].token;
		records[i].seen.rcpt_to = session->recipients[i].path;
	}
	session->peer->messages++;
	session->sink->all.messages++;
	describe(session, &records[0], &line);
	free(session->line);
	session->line = buf_detach(&line);
	session->ticket = ++session->sink->ticket;
	how = settings->take(settings->context, records, session->recipient_count, session->ticket, &err);
	free(records);
	sink_reset(session);
	if (how == KEPT_LATER)
		return;
	session->ticket = 0;
	if (err.kind != ERR_NONE)
		note_refusal(session, err.text, "", 0);
	sink_say_kept(session, how);
}

void sink_say_kept(struct sink_session *session, enum kept how)
{
	if (how == KEPT)
		session->sink->settings->log(session->sink->settings->context, session->line);
	else
		note_refusal(session, "a message could not be kept", "", 0);
	free(session->line);
	session->line = NULL;
	session->moved = true;
	say(session, how == KEPT	   ? "250 2.6.0 Caught" :
			  how == KEPT_FULL ? "452 4.3.1 The store is full: try again later" :
					     "451 4.3.0 The message could not be kept: try again later");
}

void sink_end_message(struct sink_session *session)
{
	session->mode = SINK_COMMAND;
	session->heard = clock_now();
	session->moved = true;
	if (session->size > SINK_MESSAGE_MOST) {
		sink_reset(session);
		say(session, "552 5.3.4 That is too large");
	} else {
		keep(session);
	}
}

void sink_end_chunk(struct sink_session *session)
{
	session->mode = SINK_COMMAND;
	session->moved = true;
	if (session->discarding)
		sink_reset(session);
	else if (session->last_chunk)
		sink_end_message(session);
	else
		say(session, "250 2.0.0 Ok");
}
