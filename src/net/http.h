/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

/*
 * What libcurl is for, on the event loop: transfers over HTTPS, connections made
 * by a proxy, and lines to a server that wants a login first.
 *
 * The environment has no say: no proxy and no .netrc from there, ever.  Nothing
 * is redirected.  Where there is TLS it is 1.2 or later, and the peer is verified:
 * by the CA file given and by that alone, else by the system's authorities.
 *
 * Errors are sentences of ours and hold no secret.  Times are microseconds.
 * Callbacks come from the loop, never from the call that began something, and may
 * begin and end whatever they like, but for http_free() in answered() and received().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct event_base;
struct http;                    /* all that goes on on one loop */
struct http_transfer;
struct http_tunnel;
struct http_line;

enum {
	/* Names, user names, and what is written in a URL: far more than anyone needs. */
	HTTP_TEXT_MOST = 2048,
	/* What was written to a line and not yet taken by the peer. */
	HTTP_LINE_QUEUE_MOST = 64 << 10
};

/* NULL with `err` when the library fails. */
struct http *http_new(struct event_base *base, struct err *err);

/* What still goes on ends, and nobody is told. */
void http_free(struct http *http);

/* Whom to speak with; borrowed for the call. */
struct http_peer {
	const char *url;                /* holds neither user nor password */
	const char *protocols;          /* that the URL may name: "https", or "imap,imaps" */
	const char *ca_file;            /* PEM; NULL: the system's authorities */
	const char *cert_file;          /* our own certificate and key, PEM; NULL: none */
	const char *key_file;
	const char *user;               /* NULL: none */
	const char *password;
	bool starttls;                  /* a protocol that begins in clear must go on in TLS before the login */
	int64_t connect_timeout;        /* up to the end of the TLS handshake */
	int64_t timeout;                /* in all; for a line: until it is open; 0: none */
};

/* What is asked for; borrowed for the call, but for the body: until done(). */
struct http_request {
	struct http_peer peer;
	const char *method;             /* NULL: GET, or POST where there is a body */
	const char *const *headers;     /* "Name: value", NULL at the end; may be NULL */
	const char *body;               /* may be NULL */
	size_t body_len;
	size_t header_most;             /* ceilings of the answer, in bytes; more is an error */
	size_t body_most;
};

struct http_events {
	/* The header is complete; may be NULL. */
	void (*answered)(void *context, int status);
	/* The body, as it comes; may be NULL. */
	void (*received)(void *context, const char *bytes, size_t len);
	/*
	 * It is over, and the transfer is no more.  err->kind is ERR_NONE where the answer is whole,
	 * whatever its status, but for a redirection, which is an error.
	 */
	void (*done)(void *context, int status, const struct err *err);
};

/* NULL with `err` where the request cannot be made; all that comes later goes to done(). */
struct http_transfer *http_transfer(struct http *http, const struct http_request *request, const struct http_events *events,
				    void *context, struct err *err);

/* Gives it up: no more callbacks. */
void http_transfer_abort(struct http_transfer *transfer);

/* Borrowed for the call. */
struct http_proxy {
	const char *url;                /* "socks5h://", "socks5://" or "http://", HOST and :PORT; holds no user */
	const char *user;               /* NULL: none */
	const char *password;
};

/* Whether a tunnel can be asked for there at all; opens nothing. */
int http_proxy_check(const char *url, struct err *err);

/*
 * Has the proxy connect to a host (a name or an address) and port.  `done` gets
 * the connected descriptor, non-blocking, close-on-exec, nothing read from it, and
 * the caller's; or -1 with `err`: ERR_REFUSED where the proxy says that nobody listens
 * there, ERR_NET where the target cannot be reached otherwise, ERR_TIMEOUT where nobody said anything, and another kind where
 * the proxy itself is the trouble.  The tunnel is no more after that.
 */
struct http_tunnel *http_tunnel(struct http *http, const struct http_proxy *proxy, const char *host, unsigned short port,
				int64_t timeout, void (*done)(void *context, int fd, const struct err *err), void *context,
				struct err *err);
void http_tunnel_abort(struct http_tunnel *tunnel);

struct http_line_events {
	/* Connected, secured where the protocol says so, and logged in. */
	void (*opened)(void *context);
	void (*received)(void *context, const char *bytes, size_t len);
	/* The peer closed (err->kind is ERR_NONE), or something failed: no more calls follow.  The line is still to be closed. */
	void (*closed)(void *context, const struct err *err);
};

/*
 * A line to a mail server behind imap:// or imaps://, into which libcurl logs in;
 * what is said after that is the caller's.  `events` and `context` are borrowed.
 */
struct http_line *http_line_open(struct http *http, const struct http_peer *peer, const struct http_line_events *events, void *context,
				 struct err *err);
void http_line_write(struct http_line *line, const char *bytes, size_t len);

/* At once; nothing is said to the peer any more. */
void http_line_close(struct http_line *line);

#endif
