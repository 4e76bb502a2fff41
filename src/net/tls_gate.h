/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_TLS_GATE_H
#define NET_TLS_GATE_H

/*
 * TLS for a server that lets in who shows a certificate of its own authority, and
 * nobody else: TLS 1.2 or later, client certificates verified against one CA and its
 * revocation list, nothing resumed, so that each connection is verified anew.
 *
 * The list is looked at again when its file has changed; one that cannot be read leaves
 * the old one in force.  A visit is the caller's record of one connection.
 */

#include <stdbool.h>
#include <stddef.h>

struct bufferevent;
struct err;
struct event_base;
struct tls_gate;

enum {
	/* X.509 has 64 characters for a common name. */
	TLS_PEER_NAME = 65,
	/* SHA-256 in lower-case hexadecimal digits. */
	TLS_PEER_PRINT = 65,
	/* RFC 5280 4.1.2.2: 20 octets. */
	TLS_PEER_SERIAL = 65
};

/* Who shows a certificate. */
struct tls_peer {
	char name[TLS_PEER_NAME];       /* the subject's common name, escaped; "" where it has none */
	char print[TLS_PEER_PRINT];     /* of the whole certificate */
	char serial[TLS_PEER_SERIAL];
};

struct tls_gate_settings {
	const char *ca, *crl;           /* PEM */
	const char *certificate, *key;  /* PEM, with the chain */
	/* The first message came, and nothing was reckoned yet: false breaks the connection off. */
	bool (*hello)(void *context, void *visit);
	/* The handshake is over, and the certificate good. */
	void (*secured)(void *context, void *visit);
	/* The connection is no more; the visit is the callback's to free. */
	void (*gone)(void *context, void *visit);
	void *context;
};

/* Settings are borrowed until tls_gate_free(), which comes behind the end of all connections. */
struct tls_gate *tls_gate_new(const struct tls_gate_settings *settings, struct err *err);
void tls_gate_free(struct tls_gate *gate);

/* For a connection whose descriptor is set later: the server's side of the handshake.  Never NULL. */
struct bufferevent *tls_gate_open(struct tls_gate *gate, struct event_base *base, void *visit);

/* The visit of such a bufferevent; and, once it is secured, who it is: false where it is not. */
void *tls_gate_visit(struct bufferevent *connection);
bool tls_gate_peer(struct bufferevent *connection, struct tls_peer *peer);

/* Reads the list again where its file has changed.  1: it did; 0: it did not; -1 with `err`: the old one stays. */
int tls_gate_refresh(struct tls_gate *gate, struct err *err);
bool tls_gate_revokes(const struct tls_gate *gate, const struct tls_peer *peer);

#endif
