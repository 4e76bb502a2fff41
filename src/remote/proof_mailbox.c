/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proof_mailbox.c - proof from any mailbox of the operator's, over IMAP
 *
 * The mailbox is one address, so that the token is in the message: in its header,
 * where the message itself came, and anywhere else where something answers it.
 *
 * open() logs in once and waits for it, so that a wrong password is told before
 * anything is sent, and so that what is delivered right after it counts as new.
 * Whoever loses the line later tries again; a mailbox that is another one then
 * (UIDVALIDITY) is given up.
 */
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/address.h"
#include "net/http.h"
#include "net/login.h"
#include "remote/imap_session.h"
#include "remote/proof_kind.h"

enum {
	POLL_S = 2,
	AGAIN_S = 5,
	/* Lines lost one after the other with nothing looked at in between. */
	LOSSES_MOST = 4,
	LOGIN_PATIENCE = 20 * CLOCK_S
};

/* What `//USER@HOST[:PORT]/MAILBOX` says. */
struct place {
	char *url;              /* "imaps://HOST:PORT/" */
	char *host;             /* without port and brackets */
	char *user;
	char *name;
};

struct mailbox {
	const struct proof_settings *settings;
	const char *scheme;
	struct place place;
	struct login login;
	struct http *http;
	struct imap_session *session;
	struct event timer;
	uint32_t next, validity;
	unsigned losses;
};

static void place_release(struct place *place)
{
	free(place->url);
	free(place->host);
	free(place->user);
	free(place->name);
}

static int digit(char byte)
{
	const char *digits = "0123456789abcdef";
	const char *at = byte != '\0' ? strchr(digits, byte >= 'A' && byte <= 'F' ? byte + 32 : byte) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* Undoes "%40"; the text is the caller's.  NULL: a percent sign without its digits, or a byte that no name has. */
static char *decode(const char *bytes, size_t len)
{
	struct buf text = BUF_INIT(HTTP_TEXT_MOST);

	for (size_t i = 0; i < len; i++) {
		int high = bytes[i] == '%' && len - i > 2 ? digit(bytes[i + 1]) : -1, low = high >= 0 ? digit(bytes[i + 2]) : -1;
		char byte = low >= 0 ? (char)(high * 16 + low) : bytes[i];

		if ((bytes[i] == '%' && low < 0) || (byte >= 0 && byte < ' ')) {
			buf_release(&text);
			return NULL;
		}
		buf_char(&text, byte);
		i += low >= 0 ? 2 : 0;
	}
	return text.len != 0 ? buf_detach(&text) : mem_text("");
}

static char *host_of(const char *authority, size_t len)
{
	const char *close = memchr(authority, ']', len);

	if (*authority == '[' && close != NULL)
		return mem_bytes(authority + 1, (size_t)(close - authority) - 1);
	return mem_bytes(authority, strcspn(authority, ":/"));
}

static int place_read(const char *scheme, const char *rest, struct place *place, struct err *err)
{
	size_t len = strncmp(rest, "//", 2) == 0 ? strcspn(rest + 2, "/") : 0;
	const char *authority = rest + 2, *at = len != 0 ? memrchr(authority, '@', len) : NULL;
	const char *path = authority + len;

	*place = (struct place){ .url = NULL };
	if (at == NULL || at == authority || at + 1 == path)
		return err_set(err, ERR_USAGE, "%s://USER@HOST[:PORT]/MAILBOX is expected", scheme);
	if (memchr(authority, ':', (size_t)(at - authority)) != NULL)
		return err_set(err, ERR_USAGE, "%s://USER@HOST: a password does not stand here, but in a file", scheme);
	place->user = decode(authority, (size_t)(at - authority));
	path += *path == '/';
	place->name = *path != '\0' ? decode(path, strlen(path)) : mem_text("INBOX");
	if (place->user == NULL || place->name == NULL || strlen(rest) > HTTP_TEXT_MOST) {
		place_release(place);
		return err_set(err, ERR_USAGE, "%s://USER@HOST[:PORT]/MAILBOX: %%HH is expected behind a percent sign, of a printable character", scheme);
	}
	place->host = host_of(at + 1, (size_t)(authority + len - at) - 1);
	place->url = mem_printf("%s://%.*s/", scheme, (int)(authority + len - at) - 1, at + 1);
	return 0;
}

static int check(const char *scheme, const char *rest, struct err *err)
{
	struct place place;

	if (place_read(scheme, rest, &place, err) != 0)
		return -1;
	place_release(&place);
	return 0;
}

static bool is_loopback(const char *host)
{
	static const unsigned char own[16] = { [15] = 1 };
	struct address address;
	struct err err = ERR_INIT;

	if (strcasecmp(host, "localhost") == 0)
		return true;
	if (address_parse(host, &address, &err) != 0)
		return false;
	return address.family == AF_INET ? address.bytes[0] == 127 : memcmp(address.bytes, own, sizeof own) == 0;
}

static struct imap_session *begin(const struct mailbox *mailbox, struct event_base *base, struct http *http,
				  const struct imap_events *events, void *context, struct err *err)
{
	struct http_peer peer = {
		.url = mailbox->place.url,
		.protocols = mailbox->scheme,
		.ca_file = mailbox->settings->ca_file,
		.user = mailbox->login.user,
		.password = mailbox->login.password,
		/* On loopback nobody listens; elsewhere no password goes in clear. */
		.starttls = strcmp(mailbox->scheme, "imap") == 0 && !is_loopback(mailbox->place.host),
		.connect_timeout = LOGIN_PATIENCE,
		.timeout = LOGIN_PATIENCE,
	};

	return imap_session_open(base, http, &peer, mailbox->place.name, events, context, err);
}

/* The login that open() waits for, on a loop of its own. */
struct first {
	struct mailbox *mailbox;
	struct err *err;
	int result;             /* 1: not known yet */
};

static void on_first_examined(void *context, uint32_t next, uint32_t validity)
{
	struct first *first = context;

	first->mailbox->next = next;
	first->mailbox->validity = validity;
	first->result = 0;
}

static void on_first_failed(void *context, const struct err *err)
{
	struct first *first = context;

	*first->err = *err;
	first->result = -1;
}

static const struct imap_events first_events = { .examined = on_first_examined, .failed = on_first_failed };

static int look_first(struct mailbox *mailbox, struct err *err)
{
	struct event_base *base = event_base_new();
	struct first first = { mailbox, err, 1 };
	struct imap_session *session = NULL;
	struct http *http;

	if (base == NULL)
		return err_set(err, ERR_SYSTEM, "there is no event loop for the mailbox");
	http = http_new(base, err);
	if (http != NULL)
		session = begin(mailbox, base, http, &first_events, &first, err);
	if (session == NULL)
		first.result = -1;
	while (first.result == 1)
		event_base_loop(base, EVLOOP_ONCE);
	imap_session_close(session);
	http_free(http);
	event_base_free(base);
	return first.result;
}

static void later(struct mailbox *mailbox, int seconds)
{
	struct timeval after = { seconds, 0 };

	evtimer_add(&mailbox->timer, &after);
}

static void on_failed(void *context, const struct err *why)
{
	struct mailbox *mailbox = context;
	struct err err = *why;

	imap_session_close(mailbox->session);
	mailbox->session = NULL;
	mailbox->losses++;
	if (err.kind != ERR_USAGE && mailbox->losses < LOSSES_MOST) {
		later(mailbox, AGAIN_S);
		return;
	}
	mailbox->settings->failed(mailbox->settings->context, &err);
}

static void on_examined(void *context, uint32_t next, uint32_t validity)
{
	struct mailbox *mailbox = context;
	struct err err = ERR_INIT;

	(void)next;
	if (validity == mailbox->validity) {
		imap_session_look(mailbox->session, mailbox->next);
		return;
	}
	err_set(&err, ERR_USAGE, "%s: the mailbox was made anew meanwhile: what came into the old one is not known", mailbox->place.url);
	on_failed(mailbox, &err);
}

/* The first token of this run from there on. */
static bool find(const struct mailbox *mailbox, const char *bytes, size_t len, struct token *token)
{
	const char *end = bytes + len;

	while (bytes < end && (bytes = token_find(mailbox->settings->key, bytes, (size_t)(end - bytes), token)) != NULL) {
		if (mailbox->settings->wants(mailbox->settings->context, token))
			return true;
		bytes += TOKEN_TEXT - 1;
	}
	return false;
}

/* The same in the value of PROOF_HEADER. */
static bool find_own(const struct mailbox *mailbox, const char *header, size_t len, struct token *token)
{
	static const char name[] = PROOF_HEADER ":";
	const char *end = header + len;

	while (header < end) {
		const char *line_end = memchr(header, '\n', (size_t)(end - header));
		size_t size = (size_t)((line_end != NULL ? line_end : end) - header);

		if (size >= sizeof name - 1 && strncasecmp(header, name, sizeof name - 1) == 0 && find(mailbox, header, size, token))
			return true;
		header += size + (line_end != NULL);
	}
	return false;
}

static void on_message(void *context, const struct imap_message *message)
{
	struct mailbox *mailbox = context;
	struct sighting sighting = {
		.when = time(NULL),
		.headers = message->header,
		.headers_len = message->header_len,
	};

	mailbox->next = message->uid < UINT32_MAX ? message->uid + 1 : message->uid;
	/* An answer that quotes nothing still refers to our Message-ID. */
	if (find_own(mailbox, message->header, message->header_len, &sighting.token) ||
	    find(mailbox, message->text, message->text_len, &sighting.token) ||
	    find(mailbox, message->header, message->header_len, &sighting.token))
		mailbox->settings->seen(mailbox->settings->context, &sighting);
}

static void on_looked(void *context)
{
	struct mailbox *mailbox = context;

	mailbox->losses = 0;
	later(mailbox, POLL_S);
}

static const struct imap_events events = {
	.examined = on_examined,
	.message = on_message,
	.looked = on_looked,
	.failed = on_failed,
};

static int resume(struct mailbox *mailbox, struct err *err)
{
	mailbox->session = begin(mailbox, mailbox->settings->base, mailbox->http, &events, mailbox, err);
	return mailbox->session != NULL ? 0 : -1;
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct mailbox *mailbox = context;
	struct err err = ERR_INIT;

	(void)fd;
	(void)what;
	if (mailbox->session != NULL)
		imap_session_look(mailbox->session, mailbox->next);
	else if (resume(mailbox, &err) != 0)
		on_failed(mailbox, &err);
}

static void mailbox_close(void *source)
{
	struct mailbox *mailbox = source;

	if (mailbox == NULL)
		return;
	evtimer_del(&mailbox->timer);
	imap_session_close(mailbox->session);
	http_free(mailbox->http);
	login_release(&mailbox->login);
	place_release(&mailbox->place);
	free(mailbox);
}

static int log_in(struct mailbox *mailbox, const char *rest, struct err *err)
{
	const struct proof_settings *settings = mailbox->settings;
	struct place *place = &mailbox->place;

	if (place_read(mailbox->scheme, rest, place, err) != 0) {
		*place = (struct place){ .url = NULL };
		return -1;
	}
	if (settings->password_file == NULL)
		return err_set(err, ERR_USAGE, "%s: a file with the mailbox's password is needed", place->url);
	if (login_read(settings->password_file, place->host, place->user, &mailbox->login, err) != 0)
		return -1;
	if (look_first(mailbox, err) != 0)
		return -1;
	mailbox->http = http_new(settings->base, err);
	return mailbox->http != NULL ? resume(mailbox, err) : -1;
}

static void *mailbox_open(const char *scheme, const char *rest, const struct proof_settings *settings, struct err *err)
{
	struct mailbox *mailbox = mem_new(sizeof *mailbox);

	mailbox->settings = settings;
	mailbox->scheme = scheme;
	evtimer_assign(&mailbox->timer, settings->base, on_timer, mailbox);
	if (log_in(mailbox, rest, err) == 0)
		return mailbox;
	mailbox_close(mailbox);
	return NULL;
}

static int check_imaps(const char *rest, struct err *err)
{
	return check("imaps", rest, err);
}

static int check_imap(const char *rest, struct err *err)
{
	return check("imap", rest, err);
}

static void *open_imaps(const char *rest, const struct proof_settings *settings, struct err *err)
{
	return mailbox_open("imaps", rest, settings, err);
}

static void *open_imap(const char *rest, const struct proof_settings *settings, struct err *err)
{
	return mailbox_open("imap", rest, settings, err);
}

const struct proof_kind proof_imaps = {
	.scheme = "imaps",
	.usage = "imaps://USER@HOST[:PORT]/MAILBOX",
	.about = "any mailbox of yours, over IMAP with TLS",
	.check = check_imaps,
	.open = open_imaps,
	.close = mailbox_close,
};

const struct proof_kind proof_imap = {
	.scheme = "imap",
	.usage = "imap://USER@HOST[:PORT]/MAILBOX",
	.about = "likewise with STARTTLS; without, on loopback alone",
	.check = check_imap,
	.open = open_imap,
	.close = mailbox_close,
};
