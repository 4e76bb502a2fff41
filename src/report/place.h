/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PLACE_H
#define REPORT_PLACE_H

/*
 * Where a finding stands, for formats that want a file and a line: in the server's
 * configuration, if that is what it is about, else in the configuration file where it names
 * the target.
 */

#include <stdbool.h>
#include <stddef.h>

struct report;
struct report_finding;

struct place {
	const char *path;               /* borrowed from the report; as seen from the working directory where it lies below that */
	size_t path_len;
	size_t line;
};

/* Whether there is such a file; else the place is where one would stand: some formats want a place in any case. */
bool place_of(const struct report *report, const struct report_finding *finding, struct place *place);

/* "relayaudit.yml:12" or "main.cf:12:3", as it stands there; false: that is no place in a file. */
bool place_read(const char *text, struct place *place);

#endif
