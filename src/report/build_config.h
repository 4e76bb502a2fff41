/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_BUILD_CONFIG_H
#define REPORT_BUILD_CONFIG_H

/*
 * From a configuration that was read to the report model.
 */

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "net/address.h"

struct config;
struct config_client;
struct config_files;
struct config_replies;
struct findings;
struct report;

/* A vantage of the configuration file, and the client address that it has at the server. */
struct report_inside {
	const char *name;
	struct address address;
};

/* What a report of a configuration is made of: all of it borrowed until report_release(). */
struct report_config {
	struct config *config;
	const struct findings *findings;
	const struct config_files *files;       /* that were read, with their paths */
	const char *run_id;
	const char *verdict;
	time_t started;
	time_t finished;
	const struct config_client *clients;
	const struct config_replies *replies;   /* one for each client */
	size_t client_count;
	const struct report_inside *vantages;
	size_t vantage_count;
};

/* Its grants alone, for a report that is of something else, too. */
void report_add_config(const struct report_config *from, struct report *report);

void report_build_config(const struct report_config *from, struct report *report);

#endif
