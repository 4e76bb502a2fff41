/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_TLS_H
#define NET_TLS_H

/*
 * TLS over a non-blocking descriptor: the one door to OpenSSL.
 *
 * As a client it takes any certificate, any version from TLS 1.0 and any cipher
 * that the library still has, since the question is whether a server relays and
 * not how well it is locked; what was negotiated is described for the report.
 */

#include <stddef.h>

struct err;
struct tls;             /* one connection */
struct tls_context;     /* what connections share */

struct tls_facts {
	char version[16];       /* "TLSv1.3" */
	char cipher[64];
	char subject[128];      /* the certificate's subject, and its issuer, escaped */
	char issuer[128];
	char expires[32];       /* RFC 3339, or "" */
	char trust[128];        /* "trusted", or why it is not: "self-signed certificate" */
};

enum tls_state {
	TLS_OK,
	TLS_WANT_READ,
	TLS_WANT_WRITE,
	TLS_CLOSED,
	TLS_BROKEN              /* `err` says how */
};

/* NULL with `err` when the library fails. */
struct tls_context *tls_client(struct err *err);

/*
 * As a server it takes old clients, too: they are the ones that an audit is about.  With a
 * key and self-signed certificate of its own, made on the spot; or with those of two PEM files.
 */
struct tls_context *tls_server(const char *name, struct err *err);
struct tls_context *tls_server_files(const char *certificate, const char *key, struct err *err);
void tls_context_free(struct tls_context *context);

/* `name` is sent as SNI where it is a name and not an address; NULL for none and for servers. */
struct tls *tls_open(struct tls_context *context, int read_fd, int write_fd, const char *name);
void tls_free(struct tls *tls);

enum tls_state tls_handshake(struct tls *tls, struct err *err);
enum tls_state tls_read(struct tls *tls, char *bytes, size_t size, size_t *got, struct err *err);
enum tls_state tls_write(struct tls *tls, const char *bytes, size_t len, size_t *put, struct err *err);

/* Sends close_notify if that is possible at once. */
void tls_bye(struct tls *tls);

/* After the handshake. */
void tls_describe(struct tls *tls, struct tls_facts *facts);

#endif
