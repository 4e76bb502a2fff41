/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_WRAP_H
#define REPORT_WRAP_H

/*
 * Text laid out in columns.  All text is printable ASCII: a byte is a column.
 */

struct buf;

/*
 * Adds words, broken so that no line is wider than `width` where its words allow
 * it, and a line end.  The first line begins at column `first` (already written),
 * later ones are indented.
 */
void wrap_text(struct buf *to, const char *text, unsigned first, unsigned indent, unsigned width);

/* Adds lines as they are, each indented. */
void wrap_block(struct buf *to, const char *lines, unsigned indent);

#endif
