/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_MATRIX_H
#define REPORT_MATRIX_H

/*
 * The picture of a target: vantages down, endpoints across, what each view came to.
 *
 *                192.0.2.25                 [2001:db8:25::25]
 *                25            465 tls      25
 *      far       closed  0/58  -            closed  0/58
 *      near      open   12/58  -            closed  0/58
 *
 * No line is wider than the look allows: endpoints that find no room stand in a second
 * picture below, and long names lose their middle.
 */

#include <stddef.h>

#include "report/format.h"

struct report_view;

/* Of the views from `first_view` to before `end_view`, which are all of one target's. */
void matrix_write(const struct report *report, size_t first_view, size_t end_view, const struct format_look *look, struct buf *to);

/* The view's attempts with an answer, controls left out, and how many of them were accepted. */
void matrix_count(const struct report *report, const struct report_view *view, size_t *ran, size_t *accepted);

#endif
