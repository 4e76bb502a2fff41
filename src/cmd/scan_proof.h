/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_SCAN_PROOF_H
#define CMD_SCAN_PROOF_H

/*
 * What --confirm adds to a scan: the key, addresses that are tokens, the sink that
 * is listened to while the scan runs, and the wait for what is still under way.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct audit;
struct err;
struct event_base;
struct scan_options;
struct scan_proof;

/*
 * Checks the options that concern test messages, and makes the audit ready for them:
 * key, tokens, sender, contact.  Does nothing without --confirm.  After the victim is known.
 */
int scan_proof_prepare(const struct scan_options *options, struct audit *audit, struct err *err);

/* Opens the sink; NULL with `err` when that fails.  Without --confirm it is one that sees nothing. */
struct scan_proof *scan_proof_open(const struct scan_options *options, struct audit *audit, struct event_base *base, struct err *err);
void scan_proof_close(struct scan_proof *proof);

/*
 * Whether something may still come: a message was taken of which nothing was seen, the
 * time to wait for it is not over, and the sink can be looked into.  For one that was refused at its end
 * two seconds are waited: who refuses it may send it all the same.  Writes down how long was waited.
 */
bool scan_proof_is_due(struct scan_proof *proof);

/* When nothing is due any more: of what is missing nothing is concluded where the sink was lost or the run cut short. */
void scan_proof_finish(const struct scan_proof *proof);

/* Messages taken, those still missing, and the seconds that are left, for a progress bar. */
void scan_proof_progress(const struct scan_proof *proof, size_t *sent, size_t *missing, long *left);

#endif
