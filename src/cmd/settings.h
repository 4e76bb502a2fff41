/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_SETTINGS_H
#define CMD_SETTINGS_H

/*
 * Settings: what the configuration file, the environment and the command line say
 * together.  An option's row is the source of all three: its key stands in the
 * file, RELAYAUDIT_ and its name in capitals in the environment.  The command line
 * goes before the environment, the environment before the file, the file before the
 * default; of lists the first of these that has one counts whole.
 *
 * Targets, vantages, networks and exceptions stand in the file only.  All mistakes of
 * file and environment are told in one go.  The language: relayaudit.yml(5).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "audit/exception.h"
#include "base/buf.h"
#include "base/complaint.h"
#include "cmd/options.h"
#include "cmd/settings_tree.h"

struct pool;

enum setting_origin { SETTING_DEFAULT, SETTING_FILE, SETTING_ENVIRONMENT, SETTING_OPTION };

/* Where a value is from. */
struct setting {
	enum setting_origin origin;
	unsigned line;                  /* of the file; else 0 */
};

struct target_setting {
	const char *name;
	const char *host;               /* NULL: the name is the host's */
	const char *local_user;         /* NULL */
	struct option_list addresses;
	struct option_list domains;
	struct option_list endpoints;
	unsigned line;
	unsigned lines[5];              /* of these five, in their order; 0: not there */
};

struct vantage_setting {
	const char *name;               /* written as one text: all of it */
	const char *via;                /* NULL: written as one text */
	const char *expect;             /* NULL */
	const char *helo;               /* NULL */
	const char *ca, *certificate, *key;     /* files of an agent's; NULL */
	const char *text;               /* "NAME=VIA?expect=EXPECT&ca=CA...", as --from takes it */
	unsigned line;
	unsigned lines[6];              /* of via, expect, helo, ca, certificate and key; 0: not there */
};

struct settings {
	const struct option_row *rows;
	void *values;                   /* borrowed: what the rows fill in */
	struct setting *origins;        /* by row */
	char *path;                     /* of the file; NULL: there is none */
	struct buf bytes;
	struct tree tree;
	struct complaints complaints;   /* line 0: of the environment, or of the file as a whole */
	struct pool *pool;
	struct target_setting *targets;
	size_t target_count;
	size_t target_capacity;
	struct vantage_setting *vantages;
	size_t vantage_count;
	size_t vantage_capacity;
	struct exceptions exceptions;
	struct option_list networks;    /* own-networks */
	unsigned networks_line;
};

/*
 * After options_read_noting().  Reads `path`, or where that is NULL the file that is found
 * first, then the environment, into `values`.  0, or -1 when there are complaints.
 * settings_release() in any case; `values` borrows from it until then.
 */
int settings_read(struct settings *settings, const struct option_row *rows, void *values, const bool *given, const char *path);
void settings_release(struct settings *settings);

/* The same from bytes instead of a file, and without the environment.  The bytes are copied. */
int settings_parse(struct settings *settings, const struct option_row *rows, void *values, const bool *given, const char *path,
		   const char *bytes, size_t len);

/* A line for each complaint: "FILE:LINE:COLUMN: sentence". */
void settings_tell(const struct settings *settings, FILE *to);

/* Everything as a configuration file, each line with its origin as a comment; passwords in URIs are left out. */
void settings_show(const struct settings *settings, FILE *to);

/* SETTING_DEFAULT where no row has that key. */
enum setting_origin settings_origin(const struct settings *settings, const char *key);

#endif
