/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_COURIER_H
#define MTA_COURIER_H

/*
 * What the files of Courier's reader share, and nobody else: which couriertcpd there are,
 * with which environment and rules, and for which domains mail is taken.
 */

#include "mta/config.h"
#include "mta/config_files.h"
#include "mta/courier_rules.h"

/* A variable of the environment that couriertcpd is started in. */
struct courier_variable {
	const char *name;
	const char *value;
	bool unknown;                   /* only the shell could tell it */
	const char *place;
};

/* One couriertcpd: esmtpd, esmtpd-msa or esmtpd-ssl. */
struct courier_service {
	const char *name;               /* of its port: "smtp", "587" */
	const char *place;              /* "/etc/courier/esmtpd" */
	struct courier_variable *variables;
	size_t count;
	size_t capacity;
	const char *odd;                /* the place of what may set anything; NULL */
	bool drops;                     /* -drop: who is blocked hears nothing */
	bool by_local;                  /* -accesslocal */
	bool access_unknown;
	const char *lists;              /* the DNS lists that set BLOCK; NULL */
	const char *list_grants;        /* one that sets RELAYCLIENT; NULL */
	struct courier_rules *rules;    /* NULL: none */
};

/* esmtpacceptmailfor or esmtppercentrelay, as text and compiled. */
struct courier_domains {
	const char *file;               /* the text */
	const char *dat;
	bool there;                     /* the text */
	bool unread;                    /* one of both could not be read */
	struct courier_domain {
		const char *name;       /* in lower case */
		const char *file;
		unsigned line;          /* 0: compiled */
		bool negated;
	} *rows;
	size_t count;
	size_t capacity;
};

struct courier {
	struct config *config;          /* borrowed */
	struct config_files files;
	bool only_rules;                /* the operator named files */
	struct courier_service *services;
	size_t service_count;
	size_t service_capacity;
	struct courier_rules **rules;
	size_t rules_count;
	size_t rules_capacity;
	struct courier_domains accepts;
	struct courier_domains percent;
};

enum {
	/* Files that a file of settings reads in turn. */
	COURIER_SOURCES_MOST = 4,
	COURIER_VARIABLES_MOST = 500,
	/* Lines of a list of domains; a compiled one may have more. */
	COURIER_DOMAINS_MOST = 200000
};

#define COURIER_DIRECTORY "/etc/courier/"

/* Adds a service with the settings of the files, each of which may change those before it; `paths` ends with NULL. */
struct courier_service *courier_settings_read(struct courier *courier, const char *const *paths);

/* The variable as couriertcpd has it; NULL: it is not set. */
const struct courier_variable *courier_variable(const struct courier_service *service, const char *name);

/*
 * What courieresmtpd finds in its environment: the rule's word goes before the service's.  False where it is not set; `*unknown` where that
 * cannot be said.  `*value` and `*place` are the pool's.
 */
bool courier_environment(struct courier *courier, const struct courier_service *service, const struct courier_rule *rule, const char *name, const char **value,
			 const char **place, bool *unknown);

/* Where a rule stands. */
const char *courier_place(struct courier *courier, const struct courier_rules *rules, const struct courier_rule *rule);

void courier_domains_read(struct courier *courier, struct courier_domains *domains, const char *file, const char *dat);
void courier_domains_text(struct courier *courier, struct courier_domains *domains, const char *file, const char *text, size_t len);
void courier_domains_release(struct courier_domains *domains);
/* The line that has the domain; NULL: none. */
const struct courier_domain *courier_domains_find(const struct courier_domains *domains, const char *name);

/* Grants and facts of what was read. */
void courier_grants(struct courier *courier);

/* What each service says to a client. */
void courier_ask(struct courier *courier, const struct config_client *client, struct config_replies *replies);

/* What becomes of a client that a rule is for, or none; `by` and `why` are set. */
enum config_answer courier_judge(struct courier *courier, const struct courier_service *service, const struct courier_rule *rule, const char **by, const char **why);

#endif
