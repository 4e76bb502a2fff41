/* SPDX-License-Identifier: Apache-2.0 */
/*
 * identity.c - by what a finding is known again
 */
#include "report/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/model.h"

static const uint64_t basis = 0xcbf29ce484222325;

/* A NUL between the texts, so that no two lists run together. */
static uint64_t add_bytes(uint64_t hash, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3;
	return hash * 0x100000001b3;
}

static uint64_t add(uint64_t hash, const char *text)
{
	return text != NULL ? add_bytes(hash, text, strlen(text)) : add_bytes(hash, "", 0);
}

/* Where ":12" or ":12:3" begins at the end of "main.cf:12"; the whole length where there is none. */
static size_t without_line(const char *where)
{
	size_t len = strlen(where), start = len;

	for (int numbers = 0; numbers < 2; numbers++) {
		size_t at = start;

		while (at > 0 && where[at - 1] >= '0' && where[at - 1] <= '9')
			at--;
		if (at < 2 || at == start || where[at - 1] != ':')
			break;
		start = at - 1;
	}
	return start;
}

int identity_is_of_file(const struct report_finding *finding)
{
	return finding->target == NULL && finding->where[without_line(finding->where)] != '\0';
}

static uint64_t of_file(const struct report_finding *finding)
{
	size_t end = without_line(finding->where), start = end;

	while (start > 0 && finding->where[start - 1] != '/')
		start--;
	/* Whom no vantage asks as is counted in the title. */
	return add(add_bytes(add(basis, finding->id), finding->where + start, end - start),
		   strcmp(finding->id, "trust-untested") == 0 ? NULL : finding->title);
}

static uint64_t of_finding(const struct report *report, const struct report_finding *finding)
{
	const char *parts[] = { finding->id, finding->target, finding->where, finding->vantage, finding->endpoint, finding->probe,
				finding->probe != NULL && finding->attempt < report->attempt_count ? report->attempts[finding->attempt].domain : NULL };
	uint64_t hash = basis;

	if (identity_is_of_file(finding))
		return of_file(finding);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		hash = add(hash, parts[i]);
	return hash;
}

static int by_identity(const void *a, const void *b)
{
	const struct identity_key *one = a, *other = b;

	if (one->identity != other->identity)
		return one->identity < other->identity ? -1 : 1;
	return one->index < other->index ? -1 : one->index > other->index;
}

void identity_index_make(const uint64_t *identities, size_t count, struct identity_index *index)
{
	*index = (struct identity_index){ mem_new((count + 1) * sizeof *index->rows), count };
	for (size_t i = 0; i < count; i++)
		index->rows[i] = (struct identity_key){ identities[i], i };
	qsort(index->rows, count, sizeof *index->rows, by_identity);
}

void identity_index_release(struct identity_index *index)
{
	free(index->rows);
	*index = (struct identity_index){ .count = 0 };
}

size_t identity_find(const struct identity_index *index, uint64_t identity)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->rows[middle].identity < identity)
			low = middle + 1;
		else
			high = middle;
	}
	return low < index->count && index->rows[low].identity == identity ? index->rows[low].index : index->count;
}

size_t identity_number(const uint64_t *identities, size_t count, size_t *numbers)
{
	struct identity_index index;
	size_t known = 0, *firsts = mem_new((count + 1) * sizeof *firsts);

	identity_index_make(identities, count, &index);
	for (size_t i = 0; i < count; i++)
		firsts[index.rows[i].index] =
			i != 0 && index.rows[i].identity == index.rows[i - 1].identity ? firsts[index.rows[i - 1].index] : index.rows[i].index;
	for (size_t i = 0; i < count; i++)
		numbers[i] = firsts[i] == i ? known++ : numbers[firsts[i]];
	identity_index_release(&index);
	free(firsts);
	return known;
}

/* The second of two that are alike is another than the first, in every report. */
static void tell_apart(uint64_t *identities, size_t count)
{
	struct identity_index index;
	size_t alike = 0;
	char digits[24];

	identity_index_make(identities, count, &index);
	for (size_t i = 1; i < count; i++) {
		alike = index.rows[i].identity == index.rows[i - 1].identity ? alike + 1 : 0;
		if (alike == 0)
			continue;
		snprintf(digits, sizeof digits, "%zu", alike);
		identities[index.rows[i].index] = add(index.rows[i].identity, digits);
	}
	identity_index_release(&index);
}

uint64_t *identities_of(const struct report *report)
{
	uint64_t *identities = mem_new((report->finding_count + 1) * sizeof *identities);

	for (size_t i = 0; i < report->finding_count; i++)
		identities[i] = of_finding(report, &report->findings[i]);
	tell_apart(identities, report->finding_count);
	return identities;
}

uint64_t identity_of_text(const char *text)
{
	return add(basis, text);
}

uint64_t identity_of_view(const struct report *report, const struct report_view *view)
{
	const char *parts[] = { report->targets[view->target].host, view->endpoint, view->tls, report->vantages[view->vantage].name };
	uint64_t hash = basis;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		hash = add(hash, parts[i]);
	return hash;
}

void identity_print(uint64_t identity, char text[IDENTITY_TEXT])
{
	snprintf(text, IDENTITY_TEXT, "%016llx", (unsigned long long)identity);
}
