/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PROOF_SOURCE_H
#define REMOTE_PROOF_SOURCE_H

/*
 * A source of proof by its text, "KIND:WHERE" as `--sink` takes it: the table of
 * kinds, and the one that was opened.
 */

#include "remote/proof_kind.h"

struct proof_source;

/* The kind that the text names, when all of it can be understood; NULL with `err`, and the kind probably meant.  Opens nothing. */
const struct proof_kind *proof_source_check(const char *text, struct err *err);

/* NULL with `err`.  The settings are borrowed until proof_source_close(). */
struct proof_source *proof_source_open(const char *text, const struct proof_settings *settings, struct err *err);
void proof_source_close(struct proof_source *source);

/* The kinds, NULL-terminated, for --help. */
const struct proof_kind *const *proof_source_kinds(void);

#endif
