/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_FINDING_PARTS_H
#define AUDIT_FINDING_PARTS_H

/*
 * What the files that make findings share, and nobody else: finding.c (what was
 * accepted, and what could not be judged), finding_proof.c (what the sink saw),
 * finding_mail.c (logs), finding_queue.c, and masks.c (a configuration).
 */

#include "audit/finding.h"
#include "audit/tally.h"

/* Takes both texts.  The row is good until the next is added. */
struct finding *finding_add(struct findings *findings, const char *id, enum severity severity, char *title, char *where);

/* Takes the text. */
void finding_add_evidence(struct finding *finding, char *text);

/* Moves all of the others' behind its own. */
void findings_take(struct findings *findings, struct findings *others);
/* Evidence, where the sorted tally has any: "SENTENCE a (12), b (3), and 7 more". */
void finding_add_top(struct finding *finding, const char *sentence, const struct tally *tally);

/* The gravest first, and within a severity in the order in which they were found. */
void findings_sort(struct findings *findings);

/* "mail.example.org 192.0.2.25:25 from far"; the caller's. */
char *finding_where(const struct audit *audit, const struct view *view);

/* finding_proof.c: what came back to forged senders, and whom the server takes the client for. */
void findings_of_proof(const struct audit *audit, struct findings *findings, const struct view *view);

#endif
