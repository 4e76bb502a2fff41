/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_matrix.c - each server, and what each vantage saw at each of its endpoints
 *
 * A row is an endpoint, a column a vantage: there are more of the first than of the
 * second, and a cell that unfolds needs the room.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "report/html.h"
#include "report/matrix.h"
#include "report/model.h"

enum {
	/* More than these are not read side by side: each row becomes a list. */
	COLUMNS_MOST = 3
};

static void badge(struct buf *to, const char *word)
{
	buf_printf(to, "<span class=\"badge %s\">", html_tone(word));
	html_text(to, word);
	buf_text(to, "</span>");
}

static bool is_expected_to_relay(const struct report *report, size_t vantage)
{
	return strcmp(report->vantages[vantage].expect, "relay") == 0;
}

/* For a vantage that is expected to relay, relaying is the good news. */
static const char *word_of(const struct report *report, const struct report_view *view)
{
	if (!view->counts)
		return "no service";
	if (!is_expected_to_relay(report, view->vantage) || strcmp(view->verdict, "inconclusive") == 0)
		return view->verdict;
	return strcmp(view->verdict, "open") == 0 ? "relays" : "refuses";
}

static void write_view(const struct page *page, const struct report_view *view)
{
	struct buf *to = page->to;
	size_t ran, accepted;
	bool reached = strcmp(view->reached, "reached") == 0;

	matrix_count(page->report, view, &ran, &accepted);
	buf_text(to, "<details class=\"cell\"><summary>");
	badge(to, word_of(page->report, view));
	if (reached)
		buf_printf(to, "<span class=\"count\">%zu of %zu accepted</span>", accepted, ran);
	else
		html_say(to, "span", "count", "%s", view->reached);
	buf_text(to, "</summary>\n<div class=\"inside\">");
	if (view->why != NULL)
		html_say(to, "p", NULL, "%s", view->why);
	if (view->reached_text != NULL)
		html_say(to, "p", NULL, "%s", view->reached_text);
	html_say(to, "p", "soft", "%zu session%s%s", view->sessions, html_plural(view->sessions), view->throttled ? "; the server throttles" : "");
	html_attempts(page, view);
	buf_text(to, "</div></details>");
}

/* The target's views by endpoint and vantage. */
struct grid {
	size_t *rows;           /* by row: its first view */
	size_t row_count;
	size_t *columns;        /* by column: its vantage */
	size_t column_count;
	size_t *cells;          /* 1 + the view; 0: there is none */
};

static bool same_endpoint(const struct report_view *a, const struct report_view *b)
{
	return strcmp(a->endpoint, b->endpoint) == 0 && strcmp(a->tls, b->tls) == 0;
}

static void make_grid(const struct report *report, size_t first, size_t end, struct grid *grid)
{
	size_t most = end - first + 1;

	*grid = (struct grid){ .rows = mem_new(most * sizeof *grid->rows), .columns = mem_new(most * sizeof *grid->columns) };
	for (size_t i = first; i < end; i++) {
		size_t row = 0, column = 0;

		while (row < grid->row_count && !same_endpoint(&report->views[grid->rows[row]], &report->views[i]))
			row++;
		if (row == grid->row_count)
			grid->rows[grid->row_count++] = i;
		while (column < grid->column_count && grid->columns[column] != report->views[i].vantage)
			column++;
		if (column == grid->column_count)
			grid->columns[grid->column_count++] = report->views[i].vantage;
	}
	grid->cells = mem_new((grid->row_count * grid->column_count + 1) * sizeof *grid->cells);
	for (size_t i = first; i < end; i++) {
		size_t row = 0, column = 0;

		while (!same_endpoint(&report->views[grid->rows[row]], &report->views[i]))
			row++;
		while (grid->columns[column] != report->views[i].vantage)
			column++;
		grid->cells[row * grid->column_count + column] = i + 1;
	}
}

static void release_grid(struct grid *grid)
{
	free(grid->rows);
	free(grid->columns);
	free(grid->cells);
}

static void write_vantage(struct buf *to, const struct report_vantage *vantage)
{
	buf_text(to, "<th role=\"columnheader\" scope=\"col\">");
	html_text(to, vantage->name);
	if (strcmp(vantage->name, vantage->via) != 0)
		html_say(to, "span", "soft", "%s", vantage->via);
	if (vantage->client_address != NULL)
		html_say(to, "span", "soft", vantage->seen_as != NULL && strcmp(vantage->seen_as, vantage->client_address) != 0 ? "%s, seen as %s" : "%s",
			 vantage->client_address, vantage->seen_as);
	if (strcmp(vantage->expect, "relay") == 0)
		html_say(to, "span", "soft", "expected to relay");
	buf_text(to, "</th>");
}

static void write_grid(const struct page *page, const struct report_target *target, const struct grid *grid)
{
	const struct report *report = page->report;
	struct buf *to = page->to;

	buf_printf(to, "<table class=\"matrix%s\" role=\"table\">\n<caption>Endpoints of ", grid->column_count > COLUMNS_MOST ? " wide" : "");
	html_text(to, target->host);
	buf_text(to, ", and what each vantage could do there. Each cell unfolds to its evidence.</caption>\n"
		     "<thead role=\"rowgroup\"><tr role=\"row\"><th role=\"columnheader\" scope=\"col\">Endpoint</th>");
	for (size_t c = 0; c < grid->column_count; c++)
		write_vantage(to, &report->vantages[grid->columns[c]]);
	buf_text(to, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
	for (size_t r = 0; r < grid->row_count; r++) {
		buf_text(to, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"><code>");
		html_endpoint(to, &report->views[grid->rows[r]]);
		buf_text(to, "</code></th>\n");
		for (size_t c = 0; c < grid->column_count; c++) {
			size_t view = grid->cells[r * grid->column_count + c];

			html_cell(to, report->vantages[grid->columns[c]].name);
			if (view != 0)
				write_view(page, &report->views[view - 1]);
			else
				html_say(to, "span", "soft", "not asked");
			buf_text(to, "</td>\n");
		}
		buf_text(to, "</tr>\n");
	}
	buf_text(to, html_table_end);
}

static void fact(struct buf *to, const char *name, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	buf_printf(to, "<dt>%s</dt><dd><code>", name);
	html_text(to, text);
	buf_text(to, "</code></dd>\n");
}

static void write_endpoint_facts(struct buf *to, const struct report_endpoint *endpoint)
{
	struct buf list = BUF_INIT(2000);

	for (size_t i = 0; i < endpoint->capability_count; i++)
		buf_printf(&list, "%s%s", i != 0 ? " " : "", endpoint->capabilities[i]);
	html_say(to, "p", "label", strchr(endpoint->address, ':') != NULL ? "[%s]:%u %s" : "%s:%u %s", endpoint->address, endpoint->port,
		 strcmp(endpoint->tls, "none") == 0 ? "" : endpoint->tls);
	buf_text(to, "<dl class=\"facts\">\n");
	fact(to, "Reached", endpoint->reached);
	fact(to, "Greeting", endpoint->banner);
	fact(to, "Offers", endpoint->capability_count != 0 ? list.data : NULL);
	fact(to, "TLS", endpoint->tls_version);
	fact(to, "Cipher", endpoint->tls_cipher);
	fact(to, "Certificate of", endpoint->tls_subject);
	fact(to, "issued by", endpoint->tls_issuer);
	fact(to, "good until", endpoint->tls_expires);
	fact(to, "trusted", endpoint->tls_trust);
	buf_text(to, "</dl>\n");
	buf_release(&list);
}

static void write_about(const struct page *page, const struct report_target *target)
{
	struct buf *to = page->to;

	buf_text(to, "<p class=\"soft\">");
	if (target->mta_title != NULL) {
		html_text(to, target->mta_title);
		buf_text(to, ", ");
	}
	buf_text(to, target->domain_count == 1 ? "mail domain " : "mail domains ");
	for (size_t i = 0; i < target->domain_count; i++) {
		buf_text(to, i != 0 ? ", " : "");
		html_text(to, target->domains[i]);
	}
	if (target->domains_guessed)
		buf_text(to, " (guessed from its name)");
	if (target->hostname != NULL && strcmp(target->hostname, target->host) != 0) {
		buf_text(to, "; calls itself ");
		html_text(to, target->hostname);
	}
	buf_text(to, "</p>\n");
	if (target->fault != NULL)
		html_say(to, "p", NULL, "%s", target->fault);
}

void html_targets(const struct page *page)
{
	const struct report *report = page->report;
	struct buf *to = page->to;
	size_t first = 0, end;

	for (size_t t = 0; t < report->target_count; t++, first = end) {
		const struct report_target *target = &report->targets[t];
		struct grid grid;

		for (end = first; end < report->view_count && report->views[end].target == t; end++)
			continue;
		buf_printf(to, "<h3 id=\"server-%zu\">", t + 1);
		html_text(to, target->host);
		buf_char(to, ' ');
		badge(to, target->verdict);
		buf_text(to, "</h3>\n");
		write_about(page, target);
		if (end == first)
			continue;
		make_grid(report, first, end, &grid);
		write_grid(page, target, &grid);
		release_grid(&grid);
		buf_text(to, "<details class=\"more\"><summary>What the server says of itself</summary>\n");
		for (size_t i = 0; i < target->endpoint_count; i++)
			write_endpoint_facts(to, &target->endpoints[i]);
		buf_text(to, "</details>\n");
	}
}

void html_overview(const struct page *page)
{
	static const char *const columns[] = { "Server", "Verdict", "Findings", NULL };
	const struct report *report = page->report;
	struct buf *to = page->to;
	size_t *findings = mem_new((report->target_count + 1) * sizeof *findings);

	for (size_t i = 0; i < report->finding_count; i++)
		if (report->findings[i].target != NULL)
			findings[report->findings[i].target_index]++;
	html_table(to, NULL, "Each server with its verdict, and how many findings there are", columns);
	for (size_t t = 0; t < report->target_count; t++) {
		buf_printf(to, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"><a href=\"#server-%zu\">", t + 1);
		html_text(to, report->targets[t].host);
		buf_text(to, "</a></th>");
		html_cell(to, columns[1]);
		badge(to, report->targets[t].verdict);
		buf_text(to, "</td>");
		html_cell(to, columns[2]);
		buf_printf(to, "%zu</td></tr>\n", findings[t]);
	}
	buf_text(to, html_table_end);
	free(findings);
}
