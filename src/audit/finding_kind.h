/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_FINDING_KIND_H
#define AUDIT_FINDING_KIND_H

/*
 * What each kind of finding is: the one place where its id is explained.  Ids never
 * change, for programs, exceptions and baselines know them.
 */

#include <stddef.h>

/* What to do with one server. */
struct kind_fix {
	const char *mta;                /* "postfix"; "*": any other; NULL ends them */
	const char *text;               /* a sentence without its full stop; `words` of a configuration in backquotes */
};

enum { KIND_FIXES_MOST = 7 };

/* Texts are printable ASCII; paragraphs are lines. */
struct finding_kind {
	const char *id;
	const char *title;              /* one line */
	const char *severity;           /* how grave, and when */
	const char *means;
	const char *known;              /* by what relayaudit knows it, and what that cannot tell */
	struct kind_fix fixes[KIND_FIXES_MOST + 1];
};

/* NULL at the end. */
const struct finding_kind *finding_kind_at(size_t index);

/* NULL when there is none; `*meant` is then the nearest id, or NULL. */
const struct finding_kind *finding_kind_find(const char *id, const char **meant);

#endif
