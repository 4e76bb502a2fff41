/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

/*
 * Growing bytes with a ceiling given at birth.  The bytes are always followed
 * by a NUL that is not counted, so that `data` may be read as text once
 * something was added; before that it is "" (never NULL).
 *
 * What does not fit under the ceiling is dropped from its end and `cut` is set:
 * nothing else fails, so a writer may go on and look once.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t len;
	size_t capacity;
	size_t ceiling;
	bool cut;
	void (*spill)(void *to, const char *bytes, size_t len);         /* NULL: it holds all */
	void *spill_to;
};

#define BUF_INIT(most) { .data = (char *)"", .ceiling = (most) }

/*
 * One that holds `most` at a time, and hands on what would not fit: nothing is cut.  What is left when the writer
 * ends, buf_spill() hands on.  `data` and `len` are of the rest alone.
 */
#define BUF_SPILLING(most, function, into) { .data = (char *)"", .ceiling = (most), .spill = (function), .spill_to = (into) }

/* For text of our own making, whose size is known to be small. */
#define BUF_OWN BUF_INIT((size_t)64 << 20)

void buf_init(struct buf *buf, size_t ceiling);
void buf_release(struct buf *buf);

/* Empties it and keeps the memory. */
void buf_reset(struct buf *buf);

void buf_add(struct buf *buf, const char *bytes, size_t len);
void buf_char(struct buf *buf, char byte);
void buf_text(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Hands on what a spilling one holds. */
void buf_spill(struct buf *buf);

/* Removes the first `len` bytes. */
void buf_take(struct buf *buf, size_t len);

/* The text becomes the caller's; the buffer is as new. */
char *buf_detach(struct buf *buf);

#endif
