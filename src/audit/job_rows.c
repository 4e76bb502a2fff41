/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_rows.c - the members of a job
 */
#include "audit/job_rows.h"

#include "audit/job.h"
#include "net/mac.h"
#include "probe/parse.h"

enum {
	/* RFC 1035 2.3.4, and an address with its literal's brackets. */
	NAME_MOST = 255,
	/* RFC 5321 4.5.3.1.3 */
	PATH_MOST = 256,
	CONTACT_MOST = 512
};

static const char *mode_name(int number)
{
	return tls_mode_name((enum tls_mode)number);
}

#define ROW(type, member, what, limit) { .key = #member, .kind = what, .offset = offsetof(struct type, member), .most = limit }
#define MAYBE(type, member, limit) \
	{ .key = #member, .kind = SHAPE_TEXT, .offset = offsetof(struct type, member), .most = limit, .nullable = true }
#define OTHER(word) { .key = word, .kind = SHAPE_OTHER }

const struct shape_row job_head_rows[] = {
	ROW(job_head, schema, SHAPE_TEXT, 40),
	ROW(job_head, run, SHAPE_TEXT, JOB_RUN_MOST),
	ROW(job_head, nonce, SHAPE_TEXT, JOB_NONCE),
	ROW(job_head, expires, SHAPE_TIME, (long long)1 << 40),
	OTHER("target"),
	OTHER("endpoints"),
	OTHER("limits"),
	OTHER("settings"),
	OTHER("token"),
	OTHER("probes"),
	{ .key = NULL },
};

const struct shape_row job_target_rows[] = {
	ROW(job_target, name, SHAPE_TEXT, NAME_MOST),
	ROW(job_target, hostname, SHAPE_TEXT, NAME_MOST),
	MAYBE(job_target, local_user, PATH_MOST),
	ROW(job_target, name_known, SHAPE_FLAG, 0),
	OTHER("domains"),
	{ .key = NULL },
};

const struct shape_row job_limits_rows[] = {
	ROW(job_limits, timeout, SHAPE_TIME, JOB_TIMEOUT_MOST / 1000),
	ROW(job_limits, retry_after, SHAPE_TIME, JOB_TIMEOUT_MOST / 1000),
	ROW(job_limits, max_sessions, SHAPE_COUNT, JOB_SESSIONS_MOST),
	{ .key = NULL },
};

const struct shape_row job_words_rows[] = {
	MAYBE(job_words, victim, PATH_MOST),
	MAYBE(job_words, victim_literal, NAME_MOST),
	MAYBE(job_words, sender, PATH_MOST),
	MAYBE(job_words, contact, CONTACT_MOST),
	MAYBE(job_words, mx_domain, NAME_MOST),
	ROW(job_words, sender_named, SHAPE_FLAG, 0),
	ROW(job_words, confirm, SHAPE_FLAG, 0),
	ROW(job_words, tokens, SHAPE_FLAG, 0),
	ROW(job_words, classic, SHAPE_FLAG, 0),
	ROW(job_words, relays, SHAPE_FLAG, 0),
	{ .key = NULL },
};

const struct shape_row job_token_rows[] = {
	ROW(job_token, run, SHAPE_TEXT, TOKEN_RUN),
	ROW(job_token, key, SHAPE_TEXT, 2 * MAC_KEY),
	{ .key = NULL },
};

const struct shape_row job_place_rows[] = {
	ROW(job_place, address, SHAPE_TEXT, ADDRESS_TEXT),
	ROW(job_place, port, SHAPE_COUNT, 65535),
	ROW(job_place, first, SHAPE_COUNT, JOB_NUMBER_MOST),
	{ .key = "tls", .kind = SHAPE_NAME, .offset = offsetof(struct job_place, mode), .most = TLS_MODE_IMPLICIT + 1, .name = mode_name },
	{ .key = NULL },
};

const struct shape_row job_script_rows[] = {
	ROW(job_script, name, SHAPE_TEXT, NAME_MOST),
	ROW(job_script, text, SHAPE_FOREIGN, PROBE_FILE_MOST),
	{ .key = NULL },
};
