/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PROSE_CONFIG_H
#define REPORT_PROSE_CONFIG_H

/*
 * The part of the text report that is about a configuration: who may relay, what
 * was found, and what it says to the clients that were asked about.
 */

struct buf;
struct format_look;
struct report;

/* Where report->mta is set. */
/* Who may relay, of a report that is of more than a configuration. */
void prose_grants(const struct report *report, const struct format_look *look, struct buf *to);

void prose_config(const struct report *report, const struct format_look *look, struct buf *to);

#endif
