/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PLACE_H
#define REPORT_PLACE_H

/*
 * Where a finding stands, for formats that want a file and a line: in the server's
 * configuration, if that is what it is about, else in the configuration file where it names
 * the target.
 */

#include <stddef.h>

struct report;
struct report_finding;

struct place {
	const char *path;               /* borrowed from the report */
	size_t path_len;
	size_t line;
};

void place_of(const struct report *report, const struct report_finding *finding, struct place *place);

#endif
