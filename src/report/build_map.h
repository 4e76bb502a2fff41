/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_BUILD_MAP_H
#define REPORT_BUILD_MAP_H

/*
 * From a map to the report model.
 */

struct findings;
struct map_record;
struct map_result;
struct pool;
struct report;

/* All are borrowed until report_release(); texts that are made here are the pool's. */
void report_build_map(const struct map_record *record, const struct map_result *result, const struct findings *findings,
		      struct pool *pool, struct report *report);

#endif
