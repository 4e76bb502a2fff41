/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_LOAD_H
#define REPORT_LOAD_H

/*
 * A JSON report read back into the model, schema relayaudit-report/1.  Reading is
 * strict: members that the schema does not have, texts that are not printable, and
 * places that lead nowhere are errors, so that every format can draw what was read.
 *
 * The document is read piece by piece: memory is its text, and what of it differs once more.
 *
 * What the document does not hold is made again: what fails the run, and the exit
 * status, by report_judge() of judge.h; notes and phrases from our own tables.
 */

#include "report/model.h"

struct buf;
struct err;
struct pool;

/* The report is good until loaded_release(). */
struct loaded {
	const char *path;       /* borrowed */
	struct report report;
	struct pool *texts;     /* of the report, each once: a fleet says much the same */
};

/* -1 with a sentence: file, line and column where it is no JSON, else the member that is wrong.  After it there is nothing to release. */
int loaded_read(const char *path, struct loaded *loaded, struct err *err);

/* The same of a text; `path` names it in sentences. */
int loaded_parse(const char *path, const struct buf *text, struct loaded *loaded, struct err *err);

void loaded_release(struct loaded *loaded);

#endif
