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
	bool own;               /* the operator's, by --probes: in every suite */

	unsigned needs;         /* enum precondition */
	unsigned capabilities;  /* enum capability that must be offered */
	bool risky;             /* strict servers count it as a syntax error */
	bool opens_itself;      /* starts after the greeting, with or without a hello of its own */
	struct line classic_sender;

	/* Derived from the steps. */
	bool has_hello;         /* `hello` is said instead of ours, and `steps` go on from there */
	struct line hello;
	bool shareable;         /* MAIL and RCPT steps only: may live in a session with others */
	bool plain_shape;       /* shareable, one MAIL and one RCPT: may share that MAIL, too */
	enum trick trick;

	struct step *steps;
	size_t step_count;
	size_t step_capacity;
};

enum { PROBE_UNPLACED = 1000 };

void probe_free(struct probe *probe);

bool expectation_holds(const struct expectation *expectation, const struct reply *reply);

/* The fix for a mail server by its short name, else the one for any other; NULL when it has none. */
const char *probe_fix(const struct probe *probe, const char *mta);

unsigned precondition_flag(const char *name);   /* 0: none of ours */
const char *precondition_at(size_t index);      /* NULL at the end */

#endif
