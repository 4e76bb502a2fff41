/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_LOAD_TABLES_H
#define REPORT_LOAD_TABLES_H

/*
 * The rows of load_rows.h for each object of a JSON report; what is made of lists
 * and of places is load.c's.
 */

#include "report/load_rows.h"

extern const struct load_row load_tool_rows[], load_run_rows[], load_victim_rows[], load_confirm_rows[],
	load_count_rows[], load_endpoint_rows[], load_target_rows[], load_vantage_rows[], load_view_rows[], load_attempt_rows[],
	load_finding_rows[], load_excused_rows[], load_standing_rows[], load_grant_rows[], load_client_rows[], load_reply_rows[],
	load_exception_rows[], load_part_rows[], load_document_rows[];

#endif
