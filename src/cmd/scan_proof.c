/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan_proof.c - test messages, and where they are looked for
 */
#include "cmd/scan_proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/compose.h"
#include "audit/proof.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "cmd/look.h"
#include "cmd/scan.h"
#include "remote/proof_kind.h"
#include "remote/proof_source.h"

/* A server that refuses a message may have it on its way all the same: a look at what comes at once. */
enum { REFUSED_PATIENCE = 2 * CLOCK_S };

struct scan_proof {
	struct audit *audit;
	struct proof_settings settings;
	struct proof_source *source;    /* NULL: none is wanted */
	int64_t patience;               /* microseconds behind the last message that was taken */
	bool failed;
};

static int check(const struct scan_options *options, const struct proof_kind **kind, struct err *err)
{
	if (options->sink == NULL)
		return err_set(err, ERR_USAGE, "--confirm sends test messages, and has to know where they arrive: --sink WHERE");
	if (options->victim == NULL)
		return err_set(err, ERR_USAGE, "--confirm needs an outside address of yours whose mail reaches the sink: --victim ADDRESS");
	*kind = proof_source_check(options->sink, err);
	return *kind != NULL ? 0 : -1;
}

int scan_proof_prepare(const struct scan_options *options, struct audit *audit, struct err *err)
{
	const struct proof_kind *kind = NULL;
	struct token_key *key;

	audit->settings.contact = options->contact;
	if (!options->confirm)
		return 0;
	if (check(options, &kind, err) != 0)
		return -1;
	key = mem_new(sizeof *key);
	if (token_key_read(options->key, key, err) != 0) {
		free(key);
		return -1;
	}
	audit->key = key;
	token_run_make(key, audit->run_id, &audit->signer);
	audit->settings.confirm = true;
	audit->settings.sink = pool_text(audit->pool, options->sink);
	audit->tokens = kind->takes_tokens;
	audit->settings.sender_named = options->sender != NULL;
	if (audit->tokens && options->sender == NULL)
		audit->settings.sender = compose_token(audit, 0, TOKEN_SENDER);
	return 0;
}

static void on_seen(void *context, const struct sighting *sighting)
{
	struct scan_proof *proof = context;

	proof_note(proof->audit, sighting);
}

static bool wants(void *context, const struct token *token)
{
	const struct scan_proof *proof = context;

	return proof_is_ours(proof->audit, token);
}

static const char *run_at(void *context, size_t index)
{
	const struct scan_proof *proof = context;

	return proof_run_at(proof->audit, index);
}

static void on_failed(void *context, const struct err *err)
{
	struct scan_proof *proof = context;

	proof->failed = true;
	look_progress_clear();
	fprintf(stderr, "relayaudit: the sink is lost, and what arrives there from now on is not seen: %s\n", err->text);
}

struct scan_proof *scan_proof_open(const struct scan_options *options, struct audit *audit, struct event_base *base, struct err *err)
{
	struct scan_proof *proof = mem_new(sizeof *proof);

	proof->audit = audit;
	proof->patience = options->wait;
	if (!options->confirm)
		return proof;
	proof->settings = (struct proof_settings){
		.base = base,
		.key = audit->key,
		.wants = wants,
		.run_at = run_at,
		.password_file = options->password ? options->password + 1 : NULL,
		.domain = victim_domain(audit->victim),
		.seen = on_seen,
		.failed = on_failed,
		.context = proof,
	};
	proof->source = proof_source_open(options->sink, &proof->settings, err);
	if (proof->source == NULL) {
		err_prefix(err, "--sink");
		free(proof);
		return NULL;
	}
	return proof;
}

void scan_proof_close(struct scan_proof *proof)
{
	if (proof == NULL)
		return;
	if (proof->source != NULL)
		proof_source_close(proof->source);
	free(proof);
}

bool scan_proof_is_due(struct scan_proof *proof)
{
	int64_t now = clock_now(), since = now - proof->audit->taken_at, refused_at = proof->audit->refused_at;
	size_t sent, missing;

	if (proof->source == NULL || proof->failed)
		return false;
	if (refused_at != 0 && now - refused_at < REFUSED_PATIENCE && now - refused_at < proof->patience)
		return true;
	if (proof->audit->taken_at == 0)
		return false;
	proof_count(proof->audit, &sent, &missing);
	proof->audit->waited = (unsigned)((since + CLOCK_S / 2) / CLOCK_S);
	return missing != 0 && since < proof->patience;
}

void scan_proof_finish(const struct scan_proof *proof)
{
	if (proof->failed || proof->audit->interrupted)
		proof_give_up(proof->audit);
}

void scan_proof_progress(const struct scan_proof *proof, size_t *sent, size_t *missing, long *left)
{
	int64_t rest = proof->audit->taken_at + proof->patience - clock_now();

	proof_count(proof->audit, sent, missing);
	*left = rest > 0 ? (long)(rest / CLOCK_S) : 0;
}
