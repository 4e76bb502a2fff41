/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PROOF_KIND_H
#define REMOTE_PROOF_KIND_H

/*
 * Where proof is looked for: what a value of `--sink` is made of.  A new kind is
 * one file with one of these records, and one row in proof_source.c.
 *
 * A source tells what it sees from the loop, as it comes, and nothing twice.
 */

#include <stdbool.h>

#include "audit/proof.h"

struct err;
struct event_base;

struct proof_settings {
	struct event_base *base;
	const struct token_key *key;
	/* Whether a message of that token's run is waited for: others are passed over. */
	bool (*wants)(void *context, const struct token *token);
	/* The runs that are wanted now, TOKEN_RUN letters each; NULL behind the last.  More may come to be. */
	const char *(*run_at)(void *context, size_t index);
	const char *domain;             /* the victim's */
	const char *password_file;      /* of a mailbox: its password, or a netrc (net/login.h); NULL: none */
	const char *ca_file;            /* whom to trust for its TLS, PEM; NULL: the system's authorities */
	void (*seen)(void *context, const struct sighting *sighting);
	/* The source sees nothing any more; why is a full sentence.  It is still to be closed. */
	void (*failed)(void *context, const struct err *err);
	void *context;
};

struct proof_kind {
	const char *scheme;             /* "listen" of "listen:203.0.113.9:25" */
	const char *usage;              /* "listen:ADDRESS:PORT" */
	const char *about;              /* one line for --help */
	bool takes_tokens;              /* any local part that is a token arrives there; else the victim is one mailbox */
	/* Reads what stands behind the scheme's colon; opens nothing. */
	int (*check)(const char *rest, struct err *err);
	/* NULL with `err`.  Settings are borrowed until close(). */
	void *(*open)(const char *rest, const struct proof_settings *settings, struct err *err);
	void (*close)(void *source);
};

extern const struct proof_kind proof_listen;
extern const struct proof_kind proof_file;
extern const struct proof_kind proof_imap;
extern const struct proof_kind proof_imaps;
extern const struct proof_kind proof_agent;

#endif
