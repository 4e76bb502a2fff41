/* SPDX-License-Identifier: Apache-2.0 */
/*
 * baseline_json.c - what is new, known and gone, as JSON
 */
#include "base/mem.h"
#include "report/json_parts.h"
#include "report/model.h"

static json_t *gone_of(const struct report_gone *gone)
{
	json_t *row = part_headed("id", gone->finding.id);

	part_add_text(row, "severity", gone->finding.severity);
	part_add_text(row, "title", gone->finding.title);
	part_add_text(row, "where", gone->finding.where);
	part_add_text(row, "target", gone->finding.target);
	part_add_text(row, "vantage", gone->finding.vantage);
	part_add_text(row, "endpoint", gone->finding.endpoint);
	part_add_text(row, "probe", gone->finding.probe);
	part_add_text(row, "fingerprint", gone->fingerprint);
	part_add_text(row, "state", gone->state);
	part_add_text(row, "why", gone->why);
	return row;
}

static json_t *change_of(const struct report_change *change)
{
	json_t *row = part_headed("target", change->target);

	part_add_text(row, "endpoint", change->endpoint);
	part_add_text(row, "tls", change->tls);
	part_add_text(row, "vantage", change->vantage);
	part_add_text(row, "was", change->was);
	part_add_text(row, "now", change->now);
	return row;
}

json_t *part_baseline(const struct report_baseline *baseline)
{
	json_t *part = part_headed("run", baseline->run_id), *gone = json_array(), *changes = json_array();

	part_add_text(part, "command", baseline->command);
	part_add_text(part, "finished", baseline->finished);
	part_add_text(part, "verdict", baseline->verdict);
	part_add_count(part, "new", baseline->fresh);
	part_add_count(part, "known", baseline->known);
	for (size_t i = 0; i < baseline->gone_count; i++)
		if (json_array_append_new(gone, gone_of(&baseline->gone[i])) != 0)
			BUG("a list that cannot grow");
	for (size_t i = 0; i < baseline->change_count; i++)
		if (json_array_append_new(changes, change_of(&baseline->changes[i])) != 0)
			BUG("a list that cannot grow");
	part_add(part, "gone", gone);
	part_add(part, "changes", changes);
	return part;
}

json_t *part_standing(const struct report_finding *finding)
{
	json_t *part = part_headed("state", finding->state);

	if (finding->was != NULL)
		part_add_text(part, "severity", finding->was);
	return part;
}
