/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VANTAGE_TARGET_H
#define VANTAGE_TARGET_H

/*
 * To whom: the servers that may be tested, and the outside address that may be
 * named to them.  Both types come only from the functions below, which check
 * permission; what connects or names a recipient takes these and nothing else.
 */

#include <stdbool.h>
#include <stddef.h>

#include "net/address.h"
#include "smtp/session.h"

struct err;

enum {
	/* A name with more addresses than this is a cloud, not a server. */
	TARGET_ADDRESSES_MOST = 16,
	TARGET_DOMAINS_MOST = 32,
	TARGET_PORTS_MOST = 32
};

/* One port as it was asked for. */
struct port {
	unsigned short number;
	enum tls_mode mode;
	bool asked;             /* named by the operator, not one of the usual three */
};

struct target;

/* Who says that the target may be tested. */
enum permission {
	PERMISSION_NONE,        /* loopback, private and local addresses only */
	PERMISSION_LISTED,      /* the operator: the configuration file names it */
	PERMISSION_MINE,        /* the operator: --mine */
	PERMISSION_ALLOWED      /* an agent's own list, remote/agent_allow.h, which was asked about each address and port */
};

/*
 * NULL with ERR_FORBIDDEN when one of the addresses is not ours to test; the
 * sentence says what to do.  Everything is copied.
 */
struct target *target_approve(const char *host, const struct address *addresses, size_t count, enum permission permission,
			      struct err *err);
void target_free(struct target *target);

const char *target_host(const struct target *target);
const struct address *target_addresses(const struct target *target, size_t *count);

/* Domains the target takes mail for.  A second one of the same name is passed over. */
void target_add_domain(struct target *target, const char *domain);
const char *const *target_domains(const struct target *target, size_t *count);  /* NULL-terminated, too */

/*
 * The outside address, or the reserved example.com when `text` is NULL: its local
 * part then holds the run's token.  The address must have a local part and a
 * domain, hold nothing that ends an SMTP path, and not lie in a domain of the target's.
 */
struct victim;

struct victim *victim_approve(const char *text, const char *token, struct err *err);
void victim_free(struct victim *victim);

const char *victim_text(const struct victim *victim);
const char *victim_local(const struct victim *victim);
const char *victim_domain(const struct victim *victim);
bool victim_is_reserved(const struct victim *victim);   /* example.com: no one's */

/* Whether text is fit for an address on the wire: "local@domain", printable ASCII without white space and brackets. */
int mailbox_check(const char *text, struct err *err);

/* "25", "587/starttls", "465/tls"; the mode by custom where none is written. */
int port_parse(const char *text, struct port *port, struct err *err);

#endif
