/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place.c - where a finding stands
 */
#include "report/place.h"

#include <string.h>

#include "report/model.h"

/* "main.cf:12" or "main.cf:12:3": reads a number at the end, and cuts it off.  0: there is none. */
static size_t cut_number(const char *text, size_t *len)
{
	size_t start = *len, number = 0;

	while (start > 0 && text[start - 1] >= '0' && text[start - 1] <= '9')
		start--;
	if (start < 2 || start == *len || *len - start > 9 || text[start - 1] != ':')
		return 0;
	for (size_t i = start; i < *len; i++)
		number = number * 10 + (size_t)(text[i] - '0');
	*len = start - 1;
	return number;
}

/* The name that the file usually has, where none was read. */
static void place_in_own(const struct report *report, const struct report_finding *finding, struct place *place)
{
	const char *path = report->config ? report->config : "relayaudit.yml";
	size_t line = finding->target != NULL && finding->target_index < report->target_count ? report->targets[finding->target_index].line : 0;

	*place = (struct place){ path, strlen(path), line != 0 ? line : 1 };
}

bool place_read(const char *text, struct place *place)
{
	size_t len = strlen(text), last = cut_number(text, &len), before = last != 0 ? cut_number(text, &len) : 0;

	if (last == 0)
		return false;
	*place = (struct place){ text, len, before != 0 ? before : last };
	return true;
}

bool place_of(const struct report *report, const struct report_finding *finding, struct place *place)
{
	/* What a target or a vantage shows stands in no file of the server's. */
	if (finding->target != NULL || !place_read(finding->where, place)) {
		place_in_own(report, finding, place);
		return report->config != NULL;
	}
	if (finding->file != NULL) {
		place->path = finding->file;
		place->path_len = strlen(finding->file);
	}
	return true;
}
