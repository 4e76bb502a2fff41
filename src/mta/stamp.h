/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_STAMP_H
#define MTA_STAMP_H

/*
 * The time stamps of log lines: syslog (RFC 3164, without a year), RFC 3339, Exim's,
 * TAI64N, and journalctl's short-iso, short-full and short-unix, each with or without
 * fractions of a second.  What has no zone is in this machine's, and so is a zone's name
 * but for UTC's.
 *
 * A year that is not written is worked out: the first line of a file is not later
 * than the file's own time, and a month that falls back by more than half a year
 * begins the next one.
 */

#include <stdbool.h>
#include <time.h>

#include "base/slice.h"

enum stamp_kind {
	STAMP_NONE,
	STAMP_SYSLOG,           /* a host name and a tag follow; and behind RFC 3339 */
	STAMP_EXIM,             /* date and time with a blank between: nothing of the kind follows; nor behind TAI64N */
	STAMP_TAI
};

struct stamp {
	time_t when;            /* 0: not known */
	int hour;               /* as the line has it; -1: not known */
	enum stamp_kind kind;
};

/* Private but for its start. */
struct stamper {
	time_t latest;          /* no line of the file is later, by more than a day */
	int year;               /* of the last line without one; 0: there was none */
	int month;
	char minute[24];        /* the text whose time is known */
	size_t minute_len;
	time_t local;           /* that minute in this machine's zone */
	time_t utc;             /* and if the text were UTC */
	int hour;
	time_t quarter;         /* of an hour, whose hour of the day is known: when / 900, and 1 */
	int quarter_hour;
};

/* Before each file.  `latest` is when it was last changed; 0: now. */
void stamper_start(struct stamper *stamper, time_t latest);

/* Steps over the stamp, with the blank behind it, that the rest begins with.  False: there is none. */
bool stamp_read(struct stamper *stamper, struct slice *rest, struct stamp *stamp);

/* The hour of the day in this machine's zone. */
int stamp_hour(struct stamper *stamper, time_t when);

#endif
