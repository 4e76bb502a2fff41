/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VANTAGE_VANTAGE_KIND_H
#define VANTAGE_VANTAGE_KIND_H

/*
 * What a kind of vantage is made of.  A new kind is one file with one of these
 * records, and one row in vantage.c.
 */

#include <stddef.h>

#include "net/stream.h"

struct err;

struct vantage_kind {
	const char *scheme;     /* "bind" of "bind:198.51.100.7" */
	const char *usage;      /* "bind:ADDRESS|INTERFACE" */
	const char *about;      /* one line for --help */
	/*
	 * Reads what stands behind "scheme:" ("" where nothing does) and fills in from
	 * where connections are made.
	 */
	int (*parse)(const char *rest, struct origin *origin, struct err *err);
};

extern const struct vantage_kind vantage_local;
extern const struct vantage_kind vantage_bind;

#endif
