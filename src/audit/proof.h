/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_PROOF_H
#define AUDIT_PROOF_H

/*
 * What became of the test messages: what a sink saw, written into the attempts
 * that caused it.  Where sightings come from is remote/proof_kind.h's.
 *
 * A message that carries the attempt's token in its own header was delivered:
 * the server relayed it.  Any other that came to an address of the attempt's is a
 * bounce or another automatic answer, and so backscatter where the sender was forged.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "probe/token.h"

struct audit;

/* The header line of a test message that holds its token. */
#define PROOF_HEADER "X-Relayaudit-Token"

/* One message that a sink has caught.  Everything is as it came: raw, and borrowed for the call. */
struct sighting {
	struct token token;             /* of the address that it came to; in a mailbox, the one that it holds */
	time_t when;
	const char *peer;               /* address of who brought it; NULL where that is not known */
	const char *helo;               /* NULL likewise */
	const char *mail_from;          /* "" is the null sender; NULL likewise */
	const char *rcpt_to;
	const char *headers;            /* its header, CRLF or LF at line ends, perhaps cut */
	size_t headers_len;
};

/* Whether the token is of this run, or of a part of it that an agent does; case does not matter. */
bool proof_is_ours(const struct audit *audit, const struct token *token);

/* The runs whose tokens are: this one's, and those of its parts; NULL behind the last. */
const char *proof_run_at(const struct audit *audit, size_t index);

/* Writes the sighting into the attempt that its token names.  False: it belongs to none of this audit's. */
bool proof_note(struct audit *audit, const struct sighting *sighting);

/* The sink was lost, or the wait cut short: of what is missing, nothing can be concluded. */
void proof_give_up(struct audit *audit);

/* Messages that were taken by a server, and those of them of which nothing was seen yet. */
void proof_count(const struct audit *audit, size_t *sent, size_t *missing);

#endif
