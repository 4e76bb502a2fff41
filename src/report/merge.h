/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_MERGE_H
#define REPORT_MERGE_H

/*
 * Reports of scans from many vantages, or of shards of one, as one report.
 *
 * Targets are the same by their host; vantages by name, way, expectation and, where both
 * are known, address and greeting: two of one name that are not the same keep apart, the later
 * under another name.  An endpoint seen from one vantage in two reports is told once, with the
 * attempts of both; an attempt or a finding that both have, as the worse of them has it.
 * No verdict is better than the worst of the parts: what one of them could not judge, is not
 * judged by the other.
 */

#include <stddef.h>

#include "base/buf.h"
#include "report/model.h"

struct err;
struct pool;

struct merge_part {
	const struct report *report;
	const char *name;               /* of its file, for sentences */
};

struct merged {
	struct report report;           /* borrows texts of the parts */
	struct buf notes;               /* what does not fit together, a line each */
	struct pool *pool;
};

/* -1 with a sentence: a report that is not of a scan, or one run twice.  After it there is nothing to release. */
int report_merge(const struct merge_part *parts, size_t count, struct merged *merged, struct err *err);
void merged_release(struct merged *merged);

#endif
