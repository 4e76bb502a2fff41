/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PAINT_H
#define REPORT_PAINT_H

/*
 * Colours of the text report: where it has none, nothing is added.
 */

#include "report/format.h"

enum tone { TONE_OPEN, TONE_CLOSED, TONE_UNSURE, TONE_HEAD, TONE_QUIET, TONE_END };

void paint(const struct format_look *look, struct buf *to, enum tone which);

/* The text in that tone. */
void paint_text(const struct format_look *look, struct buf *to, enum tone which, const char *text);

/* The tone of a verdict's name. */
enum tone paint_of(const char *verdict);

#endif
