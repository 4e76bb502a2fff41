/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_MASKS_H
#define AUDIT_MASKS_H

/*
 * What a configuration's grants and facts are worth: findings, with the numbers
 * that show why.  Pure.
 */

#include <stdbool.h>

struct config;
struct findings;
struct grant;
struct prefixset;

/*
 * Adds findings, and sorts them.  `own` is what the operator calls his own, settled: inside it no grant is too wide.
 * `open`: a grant that is in force lets strangers relay.
 */
void masks_findings(const struct config *config, const struct prefixset *own, struct findings *findings, bool *open);

/* Whether a grant by address is no wider than one's own networks are: nothing, or next to nothing, would be said of it. */
bool masks_is_narrow(const struct grant *grant, const struct prefixset *own);

/* Whether something could not be told: a finding about that counts. */
bool masks_is_unsure(const struct findings *findings);

#endif
