/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding_queue.c - conclusions from a queue
 *
 * What waits will be sent, whatever was mended since: strangers' mail in a queue is
 * grave until it is held.
 */
#include <string.h>

#include "audit/finding_parts.h"
#include "audit/waiting.h"
#include "base/clock.h"
#include "base/mem.h"

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void add_time(struct finding *finding, const struct waiting_count *count)
{
	char first[CLOCK_STAMP], last[CLOCK_STAMP];

	if (count->first == 0)
		return;
	clock_stamp(count->first, first);
	clock_stamp(count->last, last);
	finding_add_evidence(finding, count->first == count->last ? mem_printf("taken at %s", first) : mem_printf("taken from %s to %s", first, last));
}

static void of_strangers(const struct waiting *waiting, const char *where, struct findings *findings)
{
	const struct waiting_count *count = &waiting->counts[WAITING_STRANGERS];
	struct finding *finding;

	if (count->messages == 0)
		return;
	finding = finding_add(findings, "strangers-queued", count->held == count->messages ? SEVERITY_LOW : SEVERITY_HIGH,
			      mem_printf("%zu message%s of strangers to %zu foreign recipient%s wait%s in the queue%s", count->messages, plural(count->messages),
					 count->recipients, plural(count->recipients), count->messages == 1 ? "s" : "",
					 count->held == count->messages ? ", held" : ""),
			      mem_text(where));
	finding_add_top(finding, "senders:", &waiting->senders);
	finding_add_top(finding, "recipients' domains:", &waiting->domains);
	add_time(finding, count);
	if (count->held != 0)
		finding_add_evidence(finding, mem_printf("%zu of them %s held, and not sent for now", count->held, count->held == 1 ? "is" : "are"));
	finding_add_evidence(finding, mem_text("a listing shows no clients: neither sender nor recipient is of an own domain, and mail that an alias or a .forward "
					       "of yours passes on looks alike"));
	finding->fix = mem_text("a server that is closed by now goes on sending what it accepted before, for days: look at some of these messages, then hold or "
				"remove them by the commands of the report");
}

static void of_bounces(const struct waiting *waiting, const char *where, struct findings *findings)
{
	const struct waiting_count *count = &waiting->counts[WAITING_BOUNCE];
	struct finding *finding;

	if (count->messages == 0)
		return;
	finding = finding_add(findings, "backscatter", count->held == count->messages ? SEVERITY_LOW : SEVERITY_MEDIUM,
			      mem_printf("%zu bounce%s to strangers wait%s in the queue%s", count->messages, plural(count->messages), count->messages == 1 ? "s" : "",
					 count->held == count->messages ? ", held" : ""),
			      mem_text(where));
	add_time(finding, count);
	finding_add_evidence(finding, mem_text("bounces that nobody takes are what forged senders leave in a queue; some may be honest"));
	finding->fix = mem_text("refuse what cannot be delivered while the client is there; the commands of the report hold or remove these");
}

void findings_of_queue(const struct waiting *waiting, const char *where, const char *const *gaps, size_t gap_count, struct findings *findings)
{
	*findings = (struct findings){ .count = 0 };
	of_strangers(waiting, where, findings);
	of_bounces(waiting, where, findings);
	for (size_t i = 0; i < gap_count; i++)
		finding_add(findings, "scan-incomplete", SEVERITY_LOW, mem_printf("could not tell: %s", gaps[i]), mem_text(where))->fix = mem_text("");
}
