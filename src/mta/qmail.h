/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_QMAIL_H
#define MTA_QMAIL_H

/*
 * What the files of qmail's reader share, and nobody else: how qmail-smtpd is started,
 * by which rules, and what its control files say.
 */

#include "mta/config.h"
#include "mta/config_files.h"
#include "mta/qmail_rules.h"

struct buf;

/* What becomes of RELAYCLIENT in an environment. */
enum qmail_relay { RELAY_KEPT, RELAY_SET, RELAY_UNSET, RELAY_UNKNOWN };

/* One tcpserver that starts a qmail-smtpd. */
struct qmail_service {
	const char *name;               /* "smtp", "465" */
	const char *place;              /* "/service/qmail-smtpd/run:7" */
	const char *cdb;                /* of -x; NULL: none, or not known */
	bool cdb_unknown;               /* what stands behind -x only the shell could tell */
	bool may_lack_rules;            /* -X */
	bool looks_up_name;             /* not -H */
	bool checks_name;               /* -p */
	bool asks_ident;                /* not -R */
	bool blocks;                    /* rblsmtpd stands before qmail-smtpd */
	enum qmail_relay before;        /* in tcpserver's own environment */
	enum qmail_relay after;         /* behind the rules */
	const char *before_place;
	const char *after_place;
	struct qmail_rules *rules;      /* NULL without -x */
};

/* A control file of domains: rcpthosts, morercpthosts.cdb, percenthack. */
struct qmail_hosts {
	const char *file;
	bool there;
	bool broken;                    /* qmail-smtpd could not read it */
	struct qmail_host {
		const char *name;       /* in lower case */
		size_t len;
		unsigned line;
	} *rows;
	size_t count;
	size_t capacity;
};

struct qmail {
	struct config *config;          /* borrowed */
	struct config_files files;
	bool six;                       /* its tcpserver knows IPv6 */
	bool assumed;                   /* no script was found that starts it */
	bool only_rules;                /* the operator named files, and rcpthosts is none of them */
	const char *fault;              /* why qmail-smtpd answers 421 to all; NULL */
	const char *fault_place;
	struct qmail_service *services; /* the first takes mail from outside */
	size_t service_count;
	size_t service_capacity;
	struct qmail_rules **rules;
	size_t rules_count;
	size_t rules_capacity;
	struct qmail_hosts hosts;       /* rcpthosts */
	struct qmail_hosts more;        /* morercpthosts.cdb */
	struct qmail_hosts percent;
};

enum {
	/* Whoever has more of them has no mail server. */
	QMAIL_SERVICES_MOST = 16,
	/* Sourced files, and shells within shells. */
	QMAIL_SCRIPT_DEPTH_MOST = 4
};

/* Adds each tcpserver of a shell script that starts a qmail-smtpd; `file` is its path, below the root. */
void qmail_script_read(struct qmail *qmail, const char *file, const char *text, size_t len);


/* rcpthosts and its like; what qmail-smtpd would stumble over is `fault`. */
void qmail_control_read(struct qmail *qmail);
void qmail_hosts_take(struct qmail *qmail, struct qmail_hosts *hosts, const char *file, const char *text, size_t len);
void qmail_hosts_release(struct qmail_hosts *hosts);

/* Whether mail for a domain is taken from everybody, and by which line; `*place` is NULL where there is none to name. */
bool qmail_takes(struct qmail *qmail, const char *domain, const char **place);

/* Grants and facts of what was read. */
void qmail_grants(struct qmail *qmail);

/* What the first tcpserver, and each other, says to a client. */
void qmail_ask(struct qmail *qmail, const struct config_client *client, struct config_replies *replies);

/* An address as this tcpserver writes it; false where it does not listen for such. */
bool qmail_address_text(const struct qmail *qmail, const struct address *address, char text[ADDRESS_TEXT]);

#endif
