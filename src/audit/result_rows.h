/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_RESULT_ROWS_H
#define AUDIT_RESULT_ROWS_H

/*
 * The members of result lines, for result_write.c and result_read.c and nobody else.
 */

#include "audit/shape.h"
#include "base/names.h"

struct result_fault {
	const char *text;
};

extern const struct shape_row result_attempt_rows[], result_view_rows[], result_fault_rows[], result_sign_rows[];

/* "attempt", and its enum result_kind. */
extern const struct name_row result_kind_names[];

#endif
