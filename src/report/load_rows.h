/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_LOAD_ROWS_H
#define REPORT_LOAD_ROWS_H

/*
 * Objects of a JSON report by rows: what members there are, of what kind, and where
 * they go in the model.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct err;
struct pool;
struct report;
struct report_mail;
struct report_map;

enum load_kind {
	LOAD_TEXT,              /* const char *: printable ASCII */
	LOAD_LINES,             /* the same with line ends */
	LOAD_WORD,              /* one of the words of the row */
	LOAD_STAMP,             /* char[32] */
	LOAD_COUNT,             /* size_t */
	LOAD_NUMBER,            /* unsigned */
	LOAD_FLAG,              /* bool */
	LOAD_TEXTS,             /* const char **, and its size_t at `count` */
	LOAD_OTHER              /* the caller's */
};

enum { LOAD_NULL = 1, LOAD_ABSENT = 2 };        /* the member may be null; may not be there */

struct load_row {
	const char *key;                /* NULL ends the rows */
	enum load_kind kind;
	size_t offset;
	unsigned may;                   /* LOAD_NULL | LOAD_ABSENT */
	size_t count;
	const char *const *words;       /* NULL at the end */
};

/* Where in the document we are, for sentences: "attempts[12].". */
struct load {
	const char *path;
	char at[160];
	struct pool *texts;             /* the model's: what is read is gone before it */
	bool torn;                      /* the error is that the document is no JSON; no sentence was made */
	struct err *err;
};

/* Always -1; the sentence is "FILE: attempts[12].reply WHAT". */
int load_fail(struct load *load, const char *key, const char *what);

/* The object into a struct; a member that no row knows is an error. */
int load_object(struct load *load, const json_t *object, const struct load_row *rows, void *into);

/* The array behind a key; NULL with an error where it is none, unless it may be absent: then `*count` is 0. */
int load_array(struct load *load, const json_t *object, const char *key, bool absent, const json_t **array, size_t *count);

/* Says that what follows is read at KEY[index]., and ends it. */
void load_enter(struct load *load, const char *key, size_t index);

extern const char *const load_verdicts[], *const load_modes[], *const load_severities[];

struct report_counts;
struct report_source;

/* load_mail.c: {"text": count}; `owned`: the model has texts of its own there.  And the files that were read, the caller's with free(). */
int load_counts(struct load *load, const char *key, const json_t *object, bool owned, struct report_counts *counts);
int load_sources(struct load *load, const json_t *object, struct report_source **sources, size_t *count);

/* Last of all, since it looks at the findings; `object` NULL: the report has none. */
int load_baseline(struct load *load, const json_t *object, struct report *report);

/* Sections: load_mail.c, load_queue.c and load_map.c.  -1 with an error; what was made is the report's either way. */
int load_mail(struct load *load, const json_t *object, struct report *report);
int load_queue(struct load *load, const json_t *object, struct report *report);
int load_map(struct load *load, const json_t *object, struct report *report);

#endif
