/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe.c - the model of a probe
 */
#include "probe/probe.h"

#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "smtp/reply.h"

static const struct name_row preconditions[] = {
	{ "local-user", NEEDS_LOCAL_USER }, { "ipv4", NEEDS_IPV4 },           { "ipv6", NEEDS_IPV6 },
	{ "tls", NEEDS_TLS },               { "plaintext", NEEDS_PLAINTEXT }, { NULL, 0 },
};

static const char *const findings[] = {
	"backscatter", "smuggling", "starttls-injection", "auth-bypass", "xclient-open", "proxy-open", "disclosure",
};

static void remarks_release(struct remarks *remarks)
{
	for (size_t i = 0; i < remarks->count; i++) {
		free(remarks->rows[i].about);
		free(remarks->rows[i].text);
	}
	free(remarks->rows);
}

void probe_free(struct probe *probe)
{
	if (probe == NULL)
		return;
	for (size_t i = 0; i < probe->step_count; i++)
		line_release(&probe->steps[i].line);
	for (size_t i = 0; i < probe->reference_count; i++)
		free(probe->references[i]);
	remarks_release(&probe->bites);
	remarks_release(&probe->fixes);
	line_release(&probe->classic_sender);
	line_release(&probe->hello);
	free(probe->steps);
	free(probe->references);
	free(probe->file);
	free(probe->text);
	free(probe->name);
	free(probe->title);
	free(probe->explain);
	free(probe->leaves);
	free(probe);
}

bool expectation_holds(const struct expectation *expectation, const struct reply *reply)
{
	for (size_t i = 0; i < expectation->count; i++)
		if (expectation->codes[i] == reply->code || expectation->codes[i] == reply->code / 100)
			return true;
	return expectation->count == 0;
}

const char *probe_fix(const struct probe *probe, const char *mta)
{
	const char *other = NULL;

	for (size_t i = 0; i < probe->fixes.count; i++) {
		const struct remark *row = &probe->fixes.rows[i];

		if (mta != NULL && strcmp(row->about, mta) == 0)
			return row->text;
		if (strcmp(row->about, "*") == 0)
			other = row->text;
	}
	return other;
}

bool probe_is_special(const struct probe *probe)
{
	return probe->sends_message || probe->intrusive;
}

const char *probe_finding(const char *id, const char **meant)
{
	struct nearest nearest = NEAREST_INIT(id);

	for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
		if (strcmp(findings[i], id) == 0)
			return findings[i];
		nearest_offer(&nearest, findings[i]);
	}
	*meant = nearest.best;
	return NULL;
}

unsigned precondition_flag(const char *name)
{
	int flag = name_number(preconditions, name);

	return flag < 0 ? 0 : (unsigned)flag;
}

const char *precondition_at(size_t index)
{
	return index < sizeof preconditions / sizeof *preconditions ? preconditions[index].name : NULL;
}
