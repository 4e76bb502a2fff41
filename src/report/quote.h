/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_QUOTE_H
#define REPORT_QUOTE_H

/*
 * The model's texts inside of other languages.  They are printable ASCII but for a
 * transcript's line ends; what is not, the operator's own words perhaps, is escaped
 * as in base/text.h, so that no byte gets out raw.
 */

struct buf;

/* XML and HTML, in an attribute or between tags; line ends stay. */
void quote_xml(struct buf *to, const char *text);

/* Markdown, in a paragraph or the cell of a table: every mark that means something is escaped; one line. */
void quote_markdown(struct buf *to, const char *text);

/* One line of plain text, in which the letters of `marks` have a backslash before them. */
void quote_line(struct buf *to, const char *text, const char *marks);

#endif
