/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exception.c - what the operator bears for a time
 */
#include "audit/exception.h"

#include <string.h>

#include "audit/finding.h"
#include "audit/finding_kind.h"
#include "base/err.h"

int exception_check_finding(const char *id, struct err *err)
{
	const char *meant = NULL;

	/* All that any command may find: one file serves them all. */
	if (finding_kind_find(id, &meant) != NULL)
		return 0;
	return err_set(err, ERR_SYNTAX, "there is no finding '%.60s'%s%s%s", id, meant ? "; was '" : "", meant ? meant : "", meant ? "' meant?" : "");
}

/* Days since 1970-01-01 in the Gregorian calendar; months count from 1. */
static long days_of(long year, long month, long day)
{
	long shifted = month > 2 ? month - 3 : month + 9, from = month > 2 ? year : year - 1;

	return 365 * from + from / 4 - from / 100 + from / 400 + (153 * shifted + 2) / 5 + day - 1 - 719468;
}

int exception_date(const char *text, time_t *end, struct err *err)
{
	static const char shape[] = "dddd-dd-dd";
	static const unsigned char lengths[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool fits = strlen(text) == sizeof shape - 1;
	long year, month, day;

	for (size_t i = 0; fits && shape[i] != '\0'; i++)
		fits = shape[i] == 'd' ? text[i] >= '0' && text[i] <= '9' : text[i] == shape[i];
	if (!fits)
		return err_set(err, ERR_SYNTAX, "'%.40s' is not a date: YYYY-MM-DD", text);
	year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
	month = (text[5] - '0') * 10 + (text[6] - '0');
	day = (text[8] - '0') * 10 + (text[9] - '0');
	if (month < 1 || month > 12 || day < 1 || day > lengths[month - 1] ||
	    (month == 2 && day == 29 && (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0))))
		return err_set(err, ERR_SYNTAX, "there is no day '%.40s'", text);
	*end = (time_t)(days_of(year, month, day) + 1) * 24 * 3600;
	return 0;
}

static bool same_letter(char a, char b)
{
	a = a >= 'A' && a <= 'Z' ? (char)(a + 'a' - 'A') : a;
	b = b >= 'A' && b <= 'Z' ? (char)(b + 'a' - 'A') : b;
	return a == b;
}

/* The last star takes what the others leave: no more steps than the product of both lengths. */
bool exception_fits(const char *pattern, const char *text)
{
	const char *star = NULL, *resume = NULL;

	while (*text != '\0') {
		if (*pattern == '*') {
			star = pattern++;
			resume = text;
		} else if (*pattern != '\0' && (*pattern == '?' || same_letter(*pattern, *text))) {
			pattern++;
			text++;
		} else if (star != NULL) {
			pattern = star + 1;
			text = ++resume;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

void exceptions_apply(struct exceptions *exceptions, struct findings *findings, time_t now)
{
	for (size_t i = 0; i < exceptions->count; i++) {
		exceptions->rows[i].used = 0;
		exceptions->rows[i].expired = now >= exceptions->rows[i].end;
	}
	for (size_t f = 0; f < findings->count; f++) {
		struct finding *finding = &findings->rows[f];

		for (size_t i = 0; i < exceptions->count; i++) {
			struct exception *row = &exceptions->rows[i];

			if (strcmp(row->finding, finding->id) != 0 || (row->where != NULL && !exception_fits(row->where, finding->where)))
				continue;
			row->used++;
			if (!row->expired && finding->excused == NULL)
				finding->excused = row;
		}
	}
}
