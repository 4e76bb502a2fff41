/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_MAP_TEXT_H
#define REPORT_MAP_TEXT_H

/*
 * A map for people: the text report where report->map is set.
 */

struct buf;
struct format_look;
struct report;

void map_text_write(const struct report *report, const struct format_look *look, struct buf *to);

#endif
