/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_JOB_ROWS_H
#define AUDIT_JOB_ROWS_H

/*
 * The members of a job, for job_write.c and job_read.c and nobody else: its objects
 * are one struct each.
 */

#include <stdbool.h>
#include <stdint.h>

#include "audit/shape.h"
#include "smtp/session.h"

#define JOB_SCHEMA "relayaudit-job/1"

struct job_head {
	const char *schema, *run, *nonce;
	int64_t expires;
};

struct job_target {
	const char *name, *hostname, *local_user;
	bool name_known;
};

struct job_limits {
	int64_t timeout, retry_after;   /* milliseconds */
	unsigned max_sessions;
};

struct job_words {
	const char *victim, *victim_literal, *sender, *contact, *mx_domain;
	bool sender_named, confirm, tokens, classic, relays;
};

struct job_token {
	const char *run, *key;          /* 64 hexadecimal digits */
};

struct job_place {
	const char *address;
	unsigned port, first;
	enum tls_mode mode;
};

struct job_script {
	const char *name, *text;
};

extern const struct shape_row job_head_rows[], job_target_rows[], job_limits_rows[], job_words_rows[], job_token_rows[], job_place_rows[],
	job_script_rows[];

#endif
