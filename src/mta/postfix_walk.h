/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_POSTFIX_WALK_H
#define MTA_POSTFIX_WALK_H

/*
 * Access restrictions, walked as smtpd walks them for one client (smtpd_check.c of
 * Postfix 3.7).  The envelope is a stranger's: from an outside sender to an outside
 * recipient, with a clean name in EHLO, not authenticated, without a certificate.
 */

#include "mta/postfix.h"
#include "mta/postfix_list.h"

/* A stranger's words: names that RFC 2606 keeps free. */
#define WALK_HELO "client.example.net"
#define WALK_SENDER "sender@example.net"
#define WALK_RECIPIENT_DOMAIN "example.com"
#define WALK_RECIPIENT "victim@" WALK_RECIPIENT_DOMAIN

enum step {
	STEP_DUNNO,
	STEP_OK,
	STEP_REJECT,            /* 5xx */
	STEP_DEFER,             /* 4xx that is a decision */
	STEP_BROKEN             /* 451, for it is misconfigured */
};

enum {
	/* smtpd's own bound on tables that name restrictions. */
	WALK_DEPTH_MOST = 100,
	/* Restrictions for one client, in all lists together. */
	WALK_STEPS_MOST = 2000
};

struct walk {
	struct postfix *postfix;
	const struct postfix_settings *settings;
	struct postfix_peer peer;
	const char *default_table;      /* "check_client_access": what "type:table" alone means in this list */
	unsigned recursion;
	unsigned warn;                  /* warn_if_reject holds at this depth; 0: it does not */
	unsigned steps;
	bool defer_if_permit;
	bool defer_if_reject;
	const char *defer_by;
	bool discards;                  /* the mail would be thrown away */
	const char *by;                 /* who decided, and why */
	const char *why;
	bool maybe_ok;                  /* something that is not evaluated may let it pass, or keep it out */
	bool maybe_reject;
	const char *maybe_by;
	const char *maybe_why;
	bool networks_asked;            /* mynetworks, which is the same for all lists */
	enum list_match networks_match;
	const struct postfix_pattern *networks_which;
	const char *unless;             /* what would keep out a client with a bad name in the world; NULL */
};

/* All items of a list.  `items` may hold names of restriction classes. */
enum step walk_items(struct walk *walk, const struct postfix_items *items);

/* Sets who decided. */
enum step walk_decide(struct walk *walk, enum step step, const char *by, const char *why);

/* As smtpd_check_reject(): a warning only, or put off, where that was asked for. */
enum step walk_reject(struct walk *walk, enum step step, const char *by, const char *why);

/* What is not evaluated here. */
enum step walk_maybe(struct walk *walk, bool ok, bool reject, const char *by, const char *why);

/* postfix_access.c: which keys are asked for. */
enum step access_client(struct walk *walk, const struct postfix_item *item, const char *table);
enum step access_domain(struct walk *walk, const struct postfix_item *item, const char *table, const char *domain);
enum step access_mail(struct walk *walk, const struct postfix_item *item, const char *table, const char *address);

/* postfix_restriction.c: one restriction, by its name. */
enum restriction_takes { TAKES_NOTHING, TAKES_WORD, TAKES_TABLE };

struct restriction {
	const char *name;
	enum restriction_takes takes;
	enum step (*apply)(struct walk *walk, const struct restriction *restriction, const struct postfix_item *item, const char *argument);
	const char *code;               /* the parameter with its reply code; NULL */
	const char *about;              /* in words: what it grants, or why it refuses */
	unsigned flags;
};

enum restriction_flags {
	RESTRICTION_GRANTS = 1u << 0,   /* it may let a client pass */
	RESTRICTION_BLOCKS = 1u << 1,   /* it keeps out outside recipients, whoever comes as far */
	RESTRICTION_ENDS = 1u << 2      /* nothing behind it is reached */
};

/* NULL where there is none of that name. */
const struct restriction *restriction_find(const char *name);

/* Whether a recipient's domain is one that the server takes mail for. */
bool walk_is_authorized(struct walk *walk, const char *domain);

/* postfix_ask.c */
void postfix_ask(struct postfix *postfix, const struct config_client *client, struct config_replies *replies);

/* One service's reply. */
void postfix_ask_service(struct postfix *postfix, struct postfix_service *service, const struct config_client *client, struct config_reply *reply);

/* The lists in the order in which this service walks them; at most 5. */
size_t postfix_list_order(const struct postfix_settings *settings, const char *names[5]);

/* What stops a service from serving anybody: NULL, or a sentence, and its place. */
const char *postfix_refuses(struct postfix *postfix, const struct postfix_settings *settings, const char **place);

/* The words of a restriction class; -1 where there is no such class. */
int postfix_class_items(struct postfix *postfix, const struct postfix_settings *settings, const char *name, struct postfix_items *items);

/* postfix_grant.c: fills in grants and facts of one service. */
void postfix_grants_of(struct postfix *postfix, struct postfix_service *service);

/* postfix_backscatter.c: recipients that are taken for nobody. */
void postfix_tell_backscatter(struct postfix *postfix);

#endif
