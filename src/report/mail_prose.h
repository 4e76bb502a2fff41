/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_MAIL_PROSE_H
#define REPORT_MAIL_PROSE_H

/*
 * What logs say, for people: bars of counts, and a sentence for what each means.
 */

#include "report/format.h"

struct report_counts;

/* One sentence that answers the question; report->mail is there. */
void mail_prose_headline(const struct report *report, const struct format_look *look, struct buf *to);

/* Tables and bars, what could not be told, and what was read. */
void mail_prose_write(const struct report *report, const struct format_look *look, struct buf *to);

/* A line for one message, while a log is followed. */
void mail_prose_stray(const struct report_stray *stray, struct buf *to);

/* For reports of what servers write: counts as bars, where there are any; and what could not be told. */
void mail_prose_table(const struct format_look *look, struct buf *to, const char *title, const struct report_counts *counts);
void mail_prose_gaps(const struct report *report, const struct format_look *look, struct buf *to);

#endif
