/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stamp.c - time stamps
 *
 * Most lines are of the same minute as the one before: their stamp is known from
 * its first bytes.
 */
#include "mta/stamp.h"

#include <string.h>

enum { DAY = 24 * 3600, QUARTER = 900 };

void stamper_start(struct stamper *stamper, time_t latest)
{
	*stamper = (struct stamper){ .latest = latest ? latest : time(NULL) };
}

/* Zones differ by quarters of an hour. */
int stamp_hour(struct stamper *stamper, time_t when)
{
	struct tm tm;

	if (stamper->quarter != when / QUARTER + 1) {
		localtime_r(&when, &tm);
		stamper->quarter = when / QUARTER + 1;
		stamper->quarter_hour = tm.tm_hour;
	}
	return stamper->quarter_hour;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static int two(const char *at)
{
	return (at[0] - '0') * 10 + (at[1] - '0');
}

/* Whether the text has the shape: d is a digit, D one or a blank, T a T or a blank, and all else itself. */
static bool has_shape(struct slice text, const char *shape)
{
	size_t i;

	for (i = 0; shape[i] != '\0'; i++) {
		char byte;

		if (i >= text.len)
			return false;
		byte = text.at[i];
		if (shape[i] == 'd' ? !is_digit(byte) : shape[i] == 'D' ? !is_digit(byte) && byte != ' ' :
		    shape[i] == 'T' ? byte != 'T' && byte != ' ' : byte != shape[i])
			return false;
	}
	return true;
}

/* Whether a moment in a minute is known already: then only its seconds are read. */
static bool is_known(const struct stamper *stamper, struct slice text, size_t len)
{
	return stamper->minute_len == len && memcmp(stamper->minute, text.at, len) == 0;
}

static void learn(struct stamper *stamper, struct slice text, size_t len, struct tm *tm)
{
	struct tm local = *tm;

	stamper->hour = tm->tm_hour;
	stamper->utc = timegm(tm);
	local.tm_isdst = -1;
	stamper->local = mktime(&local);
	memcpy(stamper->minute, text.at, len);
	stamper->minute_len = len;
}

/* The name in front, as a month from 0; -1. */
static int month_of(const char *at)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (memcmp(at, names + 3 * i, 3) == 0)
			return i;
	return -1;
}

static int first_year(const struct stamper *stamper, const struct tm *read)
{
	struct tm latest, tm = *read;

	localtime_r(&stamper->latest, &latest);
	tm.tm_year = latest.tm_year;
	tm.tm_isdst = -1;
	/* A clock that is ahead by less than a day is not a year behind. */
	return mktime(&tm) > stamper->latest + DAY ? latest.tm_year - 1 : latest.tm_year;
}

/* "Mar  5 18:31", or "Mar 5 18:31" as pages on the web have it, of `len` bytes. */
static bool parse_syslog(struct slice text, size_t len, struct tm *tm)
{
	const char *clock = text.at + len - 5, *day = text.at + 4;

	*tm = (struct tm){ .tm_mon = month_of(text.at) };
	if (tm->tm_mon < 0 || clock[-1] != ' ' || !has_shape((struct slice){ clock, 5 }, "dd:dd") || !is_digit(clock[-2]) ||
	    (len == 12 && day[0] != ' ' && !is_digit(day[0])))
		return false;
	tm->tm_mday = len == 12 && is_digit(day[0]) ? two(day) : clock[-2] - '0';
	tm->tm_hour = two(clock);
	tm->tm_min = two(clock + 3);
	return tm->tm_mday >= 1 && tm->tm_mday <= 31 && tm->tm_hour < 24 && tm->tm_min < 60;
}

static bool read_syslog(struct stamper *stamper, struct slice *rest, struct stamp *stamp)
{
	size_t minute = is_digit(rest->at[5]) ? 12 : 11;
	const char *second = rest->at + minute;
	struct tm tm;

	if (rest->at[3] != ' ' || second[0] != ':' || !is_digit(second[1]) || !is_digit(second[2]))
		return false;
	if (!is_known(stamper, *rest, minute)) {
		if (!parse_syslog(*rest, minute, &tm))
			return false;
		if (stamper->year == 0)
			stamper->year = first_year(stamper, &tm);
		else if (tm.tm_mon + 6 < stamper->month)
			stamper->year++;
		else if (stamper->month + 6 < tm.tm_mon)
			stamper->year--;
		stamper->month = tm.tm_mon;
		tm.tm_year = stamper->year;
		learn(stamper, *rest, minute, &tm);
	}
	*stamp = (struct stamp){ .when = stamper->local + two(second + 1), .hour = stamper->hour, .kind = STAMP_SYSLOG };
	slice_step(rest, minute + 3);
	if (slice_skip(rest, "."))
		(void)slice_digits(rest);
	return slice_skip(rest, " ");
}

/* "Z", "+0100", "+01:00", " +0100"; seconds to take away.  False: there is none, and it is this machine's zone. */
static bool read_zone(struct slice *rest, long *seconds)
{
	struct slice zone = *rest;
	int hours, minutes, sign;

	if (slice_skip(rest, "Z")) {
		*seconds = 0;
		return true;
	}
	slice_skip(&zone, " ");
	if (zone.len < 5 || (zone.at[0] != '+' && zone.at[0] != '-'))
		return false;
	sign = zone.at[0] == '-' ? -1 : 1;
	slice_step(&zone, 1);
	if (!has_shape(zone, "dddd") && !has_shape(zone, "dd:dd"))
		return false;
	hours = two(zone.at);
	minutes = two(zone.at + (zone.at[2] == ':' ? 3 : 2));
	slice_step(&zone, zone.at[2] == ':' ? 5 : 4);
	*seconds = sign * (hours * 3600L + minutes * 60L);
	*rest = zone;
	return true;
}

/* "2026-03-01T12:00:00.123456+01:00 host", "2026-03-01T12:00:00+0100 host", "2026-03-01 12:00:00 id". */
static bool read_iso(struct stamper *stamper, struct slice *rest, struct stamp *stamp)
{
	enum { MINUTE = 16, SECOND = 19 };
	int second;
	long zone;

	if (!has_shape(*rest, "dddd-dd-ddTdd:dd:dd"))
		return false;
	if (!is_known(stamper, *rest, MINUTE)) {
		struct tm tm = { .tm_year = two(rest->at) * 100 + two(rest->at + 2) - 1900,
				 .tm_mon = two(rest->at + 5) - 1,
				 .tm_mday = two(rest->at + 8),
				 .tm_hour = two(rest->at + 11),
				 .tm_min = two(rest->at + 14) };

		if (tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour > 23 || tm.tm_min > 59)
			return false;
		learn(stamper, *rest, MINUTE, &tm);
	}
	second = two(rest->at + MINUTE + 1);
	*stamp = (struct stamp){ .when = stamper->local + second, .hour = stamper->hour, .kind = rest->at[10] == ' ' ? STAMP_EXIM : STAMP_SYSLOG };
	slice_step(rest, SECOND);
	if (slice_skip(rest, ".") || slice_skip(rest, ","))
		(void)slice_digits(rest);
	if (read_zone(rest, &zone))
		stamp->when = stamper->utc + second - zone;
	return slice_skip(rest, " ");
}

static int hex(char byte)
{
	return is_digit(byte) ? byte - '0' : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* "@400000004a5b6c7d12345678 ", as multilog and tai64n write it: 10 seconds ahead of the time of day, and no leap seconds. */
static bool read_tai(struct stamper *stamper, struct slice *rest, struct stamp *stamp)
{
	enum { DIGITS = 24, AHEAD = 10 };
	unsigned long long seconds = 0;

	if (rest->len < DIGITS + 2 || rest->at[0] != '@' || rest->at[1] != '4' || rest->at[DIGITS + 1] != ' ')
		return false;
	for (int i = 1; i <= DIGITS; i++) {
		int digit = hex(rest->at[i]);

		if (digit < 0)
			return false;
		if (i <= 16)
			seconds = seconds << 4 | (unsigned)digit;
	}
	seconds -= 1ULL << 62;
	/* Within the years that struct tm has for sure. */
	if (seconds < AHEAD || seconds > 1ULL << 36)
		return false;
	*stamp = (struct stamp){ .when = (time_t)(seconds - AHEAD), .kind = STAMP_TAI };
	stamp->hour = stamp_hour(stamper, stamp->when);
	slice_step(rest, DIGITS + 2);
	return true;
}

/* "1795863600.123456 ", as journalctl -o short-unix has it. */
static bool read_unix(struct stamper *stamper, struct slice *rest, struct stamp *stamp)
{
	enum { SECONDS = 10, ALL = 17 };
	unsigned long long seconds = 0;

	if (!has_shape(*rest, "dddddddddd.dddddd "))
		return false;
	for (size_t i = 0; i < SECONDS; i++)
		seconds = seconds * 10 + (unsigned)(rest->at[i] - '0');
	*stamp = (struct stamp){ .when = (time_t)seconds, .kind = STAMP_SYSLOG };
	stamp->hour = stamp_hour(stamper, stamp->when);
	slice_step(rest, ALL + 1);
	return true;
}

/* "Thu 2026-03-05 18:31:52 CET host", as journalctl -o short-full has it; zones without a name are "+03". */
static bool read_full(struct stamper *stamper, struct slice *rest, struct stamp *stamp)
{
	enum { WEEKDAY = 4 };
	struct slice after = *rest, moment, zone;

	slice_step(&after, WEEKDAY);
	moment = after;
	(void)slice_word(&after);
	(void)slice_word(&after);
	moment.len = (size_t)(after.at - moment.at);
	if (!read_iso(stamper, &moment, stamp))
		return false;
	zone = slice_word(&after);
	if (slice_is(zone, "UTC"))
		stamp->when += stamper->utc - stamper->local;
	else if (zone.len == 3 && (has_shape(zone, "+dd") || has_shape(zone, "-dd")))
		stamp->when += stamper->utc - stamper->local - (zone.at[0] == '-' ? -1 : 1) * two(zone.at + 1) * 3600;
	stamp->kind = STAMP_SYSLOG;
	*rest = after;
	return true;
}

/* "Mar  5 18:31:52 " of the minute before. */
static bool read_same_minute(const struct stamper *stamper, struct slice *rest, struct stamp *stamp)
{
	enum { MINUTE = 12 };
	const char *second = rest->at + MINUTE;

	if (rest->len < MINUTE + 4 || stamper->minute_len != MINUTE || memcmp(stamper->minute, rest->at, MINUTE) != 0 || second[0] != ':' || !is_digit(second[1]) ||
	    !is_digit(second[2]) || second[3] != ' ')
		return false;
	*stamp = (struct stamp){ .when = stamper->local + two(second + 1), .hour = stamper->hour, .kind = STAMP_SYSLOG };
	slice_step(rest, MINUTE + 4);
	return true;
}

bool stamp_read(struct stamper *stamper, struct slice *rest, struct stamp *stamp)
{
	struct slice after = *rest;
	bool read;

	if (rest->len < 15)
		return false;
	if (read_same_minute(stamper, rest, stamp))
		return true;
	if (rest->at[0] == '@')
		read = read_tai(stamper, &after, stamp);
	else if (is_digit(rest->at[0]))
		read = rest->at[4] == '-' ? read_iso(stamper, &after, stamp) : read_unix(stamper, &after, stamp);
	else if (rest->at[3] == ' ' && rest->at[8] == '-')
		read = read_full(stamper, &after, stamp);
	else
		read = read_syslog(stamper, &after, stamp);
	if (read)
		*rest = after;
	return read;
}
