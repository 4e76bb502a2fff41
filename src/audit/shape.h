/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_SHAPE_H
#define AUDIT_SHAPE_H

/*
 * The stored form of a record as rows: from one table a struct is written as a JSON
 * object and read from one.  Reading is strict: each member once, of its kind, within
 * its limits, and no other member.  This is the floor's door to jansson, with the files job_*.c and result_*.c.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

enum shape_kind {
	SHAPE_TEXT,             /* const char *: printable ASCII of at most `most` bytes; borrowed from the object */
	SHAPE_LINES,            /* the same with line ends */
	SHAPE_FOREIGN,          /* the same with any characters but NUL: a file's bytes in UTF-8 */
	SHAPE_FLAG,             /* bool */
	SHAPE_COUNT,            /* unsigned, up to `most` */
	SHAPE_TIME,             /* int64_t, from 0 to `most` */
	SHAPE_NAME,             /* an enum, by the name that `name` gives it, below `most` */
	SHAPE_OTHER             /* not read and not written here: the caller's */
};

struct shape_row {
	const char *key;        /* NULL ends the rows */
	enum shape_kind kind;
	size_t offset;
	long long most;
	const char *(*name)(int number);        /* NULL for a number that null stands for */
	bool nullable;          /* a text may be NULL */
};

/* A new object; NULL with `err` where a text is no UTF-8. */
json_t *shape_write(const struct shape_row *rows, const void *from, struct err *err);

/* `what` names the object in sentences: "the target".  Texts of the object that are not ours are escaped there. */
int shape_read(const json_t *object, const char *what, const struct shape_row *rows, void *into, struct err *err);

/* The array behind a key: at least `least` and at most `most` items; NULL with `err`. */
const json_t *shape_array(const json_t *object, const char *key, size_t least, size_t most, struct err *err);

/* A text of an array; NULL with `err` where it is none, or not printable ASCII. */
const char *shape_item(const json_t *array, size_t index, const char *what, size_t most, struct err *err);

/* One object out of bytes, without a member that stands twice; NULL with `err`. */
json_t *shape_parse(const char *bytes, size_t len, const char *what, struct err *err);

/* Adds the object as one line of ASCII, without its end, and releases it. */
void shape_print(json_t *object, struct buf *to);

/* As json_object_set_new() and json_array_append_new(), which cannot fail here. */
void shape_set(json_t *object, const char *key, json_t *value);
void shape_add(json_t *array, json_t *value);

#endif
