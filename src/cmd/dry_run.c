/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dry_run.c - every dialogue that would be driven, and nothing else
 *
 * The same code composes the lines here and on the wire.  Vantages and endpoints
 * share their dialogues; only the name in EHLO and the address literal differ, so
 * each is told once for each vantage and endpoint.
 */
#include <string.h>

#include "audit/audit.h"
#include "audit/compose.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "cmd/scan.h"
#include "probe/probe.h"

static void print_line(const struct audit *audit, const struct line *line, const struct values *values, FILE *to)
{
	struct buf shown = BUF_INIT(4096);
	const char *missing = NULL;
	size_t len = 0;
	const char *bytes = compose_line(audit, line, values, &len, &missing);

	if (bytes == NULL) {
		fprintf(to, "    (needs {%s})\n", missing);
		return;
	}
	if (len >= 2 && memcmp(bytes + len - 2, "\r\n", 2) == 0)
		text_escape(&shown, bytes, len - 2);
	else
		text_escape(&shown, bytes, len);
	fprintf(to, "     -> %s\n", shown.data);
	buf_release(&shown);
}

static void print_attempt(const struct audit *audit, const struct view *view, const struct attempt *attempt, FILE *to)
{
	const struct probe *probe = attempt->probe;
	struct composition composition;
	struct values begun;

	compose_begin(audit, view, &begun);
	compose_values(audit, view, attempt, audit->settings.classic ? SENDER_CLASSIC : SENDER_NEUTRAL, audit->settings.confirm, &begun, &composition);
	fprintf(to, "  %s\n", probe->name);
	if (probe->has_hello)
		print_line(audit, &probe->hello, &composition.values, to);
	else if (!probe->opens_itself)
		fprintf(to, "     -> EHLO %s\n", view_vantage(audit, view)->helo);
	for (size_t i = 0; i < probe->step_count; i++) {
		if (probe->steps[i].kind == EXCHANGE_TLS)
			fputs("    === tls\n", to);
		else if (probe->steps[i].line.count != 0)
			print_line(audit, &probe->steps[i].line, &composition.values, to);
	}
}

static bool is_name(const char *host)
{
	struct err not_address = ERR_INIT;
	struct address address;

	return address_parse(host, &address, &not_address) != 0;
}

void scan_print_dialogues(struct audit *audit, FILE *to)
{
	for (size_t h = 0; h < audit->host_count; h++) {
		struct host *host = audit->hosts[h];
		size_t domains;

		if (host->target == NULL)
			continue;
		target_domains(host->target, &domains);
		if (domains == 0)
			target_add_domain(host->target, target_host(host->target));
		audit_prepare(audit, host);
		if (is_name(target_host(host->target)))
			fprintf(to, "%s: nothing is looked up in a dry run; 192.0.2.1 stands for its address\n\n", target_host(host->target));
		for (size_t i = 0; i < host->view_count; i++) {
			const struct view *view = &host->views[i];
			char endpoint[ADDRESS_TEXT + 16];

			view_print_endpoint(view, endpoint);
			fprintf(to, "%s at %s from %s\n", target_host(host->target), endpoint, view_vantage(audit, view)->name);
			for (size_t k = 0; k < view->count; k++)
				print_attempt(audit, view, &view->attempts[k], to);
		}
	}
}
