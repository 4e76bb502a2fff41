/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_PKI_H
#define NET_PKI_H

/*
 * A small authority: its certificate, those that it signs for servers and clients, and the
 * list of those that it takes back.  EC keys on P-256, SHA-256, random serial numbers of 16 octets;
 * everything as PEM text, and no file is touched.
 */

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct buf;
struct err;

enum {
	PKI_AUTHORITY_DAYS = 3653,
	PKI_CERTIFICATE_DAYS = 731,
	PKI_NAME_MOST = 64,             /* X.520 ub-common-name */
	PKI_SERIAL = 33                 /* hexadecimal digits and a NUL */
};

/* A certificate that signs itself, good for signing others and lists, and its key; both added to the buffers. */
int pki_authority(const char *name, struct buf *certificate, struct buf *key, struct err *err);

struct pki_authority;

/* Out of its PEM text; NULL with `err`. */
struct pki_authority *pki_open(const char *certificate, const char *key, struct err *err);
void pki_close(struct pki_authority *authority);

/*
 * A certificate of its own key.  With hosts (names or addresses) it is a server's, for these; without, a client's.
 * `serial` is its number.
 */
int pki_issue(struct pki_authority *authority, const char *name, const char *const *hosts, size_t count, struct buf *certificate,
	      struct buf *key, char serial[PKI_SERIAL], struct err *err);

struct pki_revoked {
	char serial[PKI_SERIAL];
	time_t when;
};

int pki_list(struct pki_authority *authority, const struct pki_revoked *rows, size_t count, struct buf *list, struct err *err);

#endif
