/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_OPENSMTPD_H
#define MTA_OPENSMTPD_H

/*
 * What the files of OpenSMTPD's reader share, and nobody else: smtpd.conf as
 * smtpd 6.8 holds it once it has read it.  Texts are the pool's of the struct
 * config, as they stand in the files: escape them before they are shown.
 */

#include "mta/config.h"
#include "mta/config_files.h"
#include "mta/opensmtpd_table.h"

enum {
	/* Rules, listeners, filters or actions; smtpd.conf is written by hand, and each rule is compared with those before it. */
	OPENSMTPD_ROWS_MOST = 2000
};

/* Where something stands. */
struct opensmtpd_spot {
	const char *file;
	unsigned line;
};

/* What a rule may ask for, in the order in which ruleset_match() asks. */
enum opensmtpd_test { TEST_TAG, TEST_FROM, TEST_FOR, TEST_HELO, TEST_AUTH, TEST_TLS, TEST_MAIL_FROM, TEST_RCPT_TO, OPENSMTPD_TESTS };

struct opensmtpd_rule {
	struct opensmtpd_spot spot;
	struct {
		int sense;                              /* 1, -1 behind "!", 0: it is not asked */
		bool regex;
		struct opensmtpd_table *table;          /* NULL: no more than that there is one */
	} tests[OPENSMTPD_TESTS];
	bool from_rdns, from_socket;
	bool from_written;                              /* "from" stands there, and is not the default */
	bool rejects;
	struct opensmtpd_action *action;                /* NULL where it rejects */
};

struct opensmtpd_action {
	const char *name;
	struct opensmtpd_spot spot;
	bool relays;
	struct opensmtpd_table *alias, *virtual, *userbase;
};

enum opensmtpd_phase { PHASE_CONNECT, PHASE_HELO, PHASE_EHLO, PHASE_MAIL_FROM, PHASE_RCPT_TO, PHASE_DATA, PHASE_COMMIT };
enum opensmtpd_filter_kind { FILTER_BUILTIN, FILTER_PROC, FILTER_CHAIN };
enum opensmtpd_check { CHECK_FCRDNS, CHECK_RDNS, CHECK_SRC, CHECK_HELO, CHECK_AUTH, CHECK_MAIL_FROM, CHECK_RCPT_TO, OPENSMTPD_CHECKS };
enum opensmtpd_verdict { VERDICT_PASSES, VERDICT_REFUSES, VERDICT_REWRITES, VERDICT_BYPASSES };

struct opensmtpd_filter {
	const char *name;
	struct opensmtpd_spot spot;
	enum opensmtpd_filter_kind kind;
	enum opensmtpd_phase phase;
	enum opensmtpd_check check;
	bool negated, regex;
	struct opensmtpd_table *table;                  /* NULL: "rdns", "fcrdns", "auth" alone */
	enum opensmtpd_verdict verdict;
	const char *reply;                              /* of one that refuses */
	struct opensmtpd_filter **chain;                /* borrowed, in order */
	size_t chain_count;
	size_t chain_capacity;
};

struct opensmtpd_listener {
	const char *on;                                 /* as it stands there */
	const char *service;                            /* "192.0.2.25:25", to be shown */
	struct opensmtpd_spot spot;
	unsigned port;
	int family;                                     /* of its address; 0: it has a name, and may have both */
	bool loopback;                                  /* nobody from outside gets there */
	bool starttls, smtps, tls_required, tls_verify;
	bool auth, auth_required, proxy;
	const char *tag, *pki, *ca;
	struct opensmtpd_filter *filter;
};

struct opensmtpd {
	struct config *config;                          /* borrowed */
	struct config_files *files;                     /* borrowed, while it is read */
	bool bsd;                                       /* where interface groups are, and "all" is one */
	char delimiter;                                 /* smtp sub-addr-delim */
	bool srs_key;
	const char *users;                              /* /etc/passwd with a line end before it; NULL */
	struct opensmtpd_table **tables;
	size_t table_count;
	size_t table_capacity;
	struct opensmtpd_action **actions;
	size_t action_count;
	size_t action_capacity;
	struct opensmtpd_rule *rules;
	size_t rule_count;
	size_t rule_capacity;
	struct opensmtpd_filter **filters;
	size_t filter_count;
	size_t filter_capacity;
	struct opensmtpd_listener *listeners;           /* the one for mail from outside first, once all is read */
	size_t listener_count;
	size_t listener_capacity;
	/* The first of what keeps smtpd from starting; NULL. */
	const char *fault;
	const char *fault_place;
	const char *fault_text;                         /* the words there; NULL */
};

/*
 * Reads smtpd.conf's bytes, and the files that it includes.  -1: it could not be read as a whole; what smtpd stumbles over
 * is a fault.
 */
int opensmtpd_read_bytes(struct opensmtpd *opensmtpd, const char *path, const char *bytes, size_t len, struct err *err);

/* Fills in the configuration's grants and facts. */
void opensmtpd_tell(struct opensmtpd *opensmtpd);

/* Adds a reply of each listener that the client could reach by its kind of address, or of all where there is none. */
void opensmtpd_ask(const struct opensmtpd *opensmtpd, const struct config_client *client, struct config_replies *replies);

/* "smtpd.conf:12" */
const char *opensmtpd_place(const struct opensmtpd *opensmtpd, struct opensmtpd_spot spot);

#endif
