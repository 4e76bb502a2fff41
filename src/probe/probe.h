/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_PROBE_H
#define PROBE_PROBE_H

/*
 * A probe: one trick, as data.  relayaudit-probe(5) describes the file that it is
 * read from; parse.h reads it.  A probe never changes once it was read.
 *
 * Its steps are what the session engine walks: each one thing said and the reply
 * that it must have.  Exactly one step decides.
 */

#include <stdbool.h>
#include <stddef.h>

#include "probe/expand.h"
#include "smtp/reason.h"
#include "smtp/session.h"

struct reply;

/* What an operator writes about a trick for one server: "postfix" and what to do. */
struct remark {
	char *about;            /* "*": any other */
	char *text;
};

struct remarks {
	struct remark *rows;
	size_t count;
	size_t capacity;
};

/* The codes that a reply may have: 2 stands for 2yz, 250 for itself. */
struct expectation {
	short codes[8];
	size_t count;           /* 0: any */
};

struct step {
	enum exchange_kind kind;
	enum exchange_timing timing;    /* ALONE, or JOINED where the file writes several client lines in a row */
	struct line line;               /* with its line end, unless \c took it away */
	enum stage stage;               /* of its verb */
	bool replies;
	bool decides;
	struct expectation expect;
};

enum control { CONTROL_NONE, CONTROL_KNOWN_LOCAL, CONTROL_UNKNOWN_LOCAL };

/* What shows that an attempt worked, once the deciding reply accepts it. */
enum shown {
	SHOWN_BY_REPLY,         /* that reply; an arrival makes it certain */
	SHOWN_BY_DELIVERY,      /* only what the sink received for {victim} or {second}: accepting is right */
	SHOWN_BY_BOUNCE         /* only what came to {sender} or {victim}, and is not the test message: accepting is right */
};

/* Where the trick is: what the server has to swallow for it to work. */
enum trick { TRICK_RECIPIENT, TRICK_SENDER, TRICK_HELLO, TRICK_SESSION };

/* Preconditions, beside capabilities. */
enum precondition {
	NEEDS_LOCAL_USER = 1u << 0,
	NEEDS_IPV4 = 1u << 1,
	NEEDS_IPV6 = 1u << 2,
	NEEDS_TLS = 1u << 3,
	NEEDS_PLAINTEXT = 1u << 4
};

struct probe {
	char *file;
	char *text;             /* all that was read, without a NUL inside: to be read again elsewhere */
	char *name;
	char *title;
	char *explain;          /* paragraphs, one line each */
	struct remarks bites;
	struct remarks fixes;
	char **references;
	size_t reference_count;
	size_t reference_capacity;

	enum control control;
	int classic;            /* place in the suite, from 1; 0: not in it */
	int standard;           /* place in the suite `default`; 0: not in it, PROBE_UNPLACED: anywhere */
	bool thorough;
	bool own;               /* the operator's, by --probes: in every suite that it may be in */

	const char *finding;    /* the id of what an accepted attempt is, of probe_finding(); NULL: a relay */
	enum shown shown;
	bool intrusive;         /* may disturb the server: in the suite `all` only */
	char *leaves;           /* what it may leave behind, in a sentence; NULL unless intrusive */

	unsigned needs;         /* enum precondition */
	unsigned capabilities;  /* enum capability that must be offered */
	bool risky;             /* strict servers count it as a syntax error */
	bool opens_itself;      /* starts after the greeting, with or without a hello of its own */
	bool speaks_first;      /* starts before it, and reads it as its first reply; opens_itself, and needs plaintext */
	struct line classic_sender;

	/* Derived from the steps. */
	bool has_hello;         /* `hello` is said instead of ours, and `steps` go on from there */
	struct line hello;
	bool shareable;         /* MAIL and RCPT steps only: may live in a session with others */
	bool plain_shape;       /* shareable, one MAIL and one RCPT: may share that MAIL, too */
	enum trick trick;
	bool sends_message;     /* in the suite `all` only */
	bool logs_in;           /* says AUTH, or {auth_...} */
	/*
	 * A server that falls for it answers what was not meant as a question, so that replies may be there before
	 * the line that they are counted to: each takes its turn all the same, and what is left behind the deciding one is nobody's.
	 */
	bool unasked;

	struct step *steps;
	size_t step_count;
	size_t step_capacity;
};

enum { PROBE_UNPLACED = 1000 };

void probe_free(struct probe *probe);

bool expectation_holds(const struct expectation *expectation, const struct reply *reply);

/* The fix for a mail server by its short name, else the one for any other; NULL when it has none. */
const char *probe_fix(const struct probe *probe, const char *mta);

/* The probe is in no suite but `all`. */
bool probe_is_special(const struct probe *probe);

/* The id, for ever, when there is such a finding, else NULL; `*meant` is then the one that is near, or NULL. */
const char *probe_finding(const char *id, const char **meant);

unsigned precondition_flag(const char *name);   /* 0: none of ours */
const char *precondition_at(size_t index);      /* NULL at the end */

#endif
