/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_LOAD_H
#define REPORT_LOAD_H

/*
 * A JSON report read back into the model, schema relayaudit-report/1.  Reading is
 * strict: members that the schema does not have, texts that are not printable, and
 * places that lead nowhere are errors, so that every format can draw what was read.
 *
 * What the document does not hold is made again: what fails the run, and the exit
 * status, by report_judge() of judge.h; notes and phrases from our own tables.
 */

#include <jansson.h>

#include "report/model.h"

struct err;

/* Texts of the report are the document's: it is good until loaded_release(). */
struct loaded {
	const char *path;       /* borrowed */
	struct report report;
	json_t *document;
};

/* -1 with a sentence: file, line and column where it is no JSON, else the member that is wrong.  After it there is nothing to release. */
int loaded_read(const char *path, struct loaded *loaded, struct err *err);

void loaded_release(struct loaded *loaded);

#endif
