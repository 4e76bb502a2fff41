/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

/*
 * The parts of the HTML report.  The page is one file without scripts or remote
 * parts; each part is a section that is left out where the report has nothing for
 * it.  Every text of the model goes through html_text(), which escapes it for
 * element content and attributes alike.
 *
 * Cost: linear in targets, views, attempts and findings; within one target or one
 * view it is not, and these are bounded by the endpoints and probes that there are.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct report;
struct report_map;
struct report_view;

/* One page while it is written. */
struct page {
	const struct report *report;
	struct buf *to;
	const size_t *finding_of;       /* by attempt: 1 + the place of the finding that tells it; 0: none does */
};

/* The text escaped; NULL is nothing. */
void html_text(struct buf *to, const char *text);

/* The same, with what stands between two backquotes as code. */
void html_marked(struct buf *to, const char *text);

/* <tag class="class">text</tag>; `class` may be NULL.  What is printed is escaped. */
void html_say(struct buf *to, const char *tag, const char *class, const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * A table up to its first row; `columns` ends with NULL.  On a narrow screen rows become blocks, which takes their
 * meaning from them: hence the roles, and each cell tells its column.
 */
void html_table(struct buf *to, const char *class, const char *caption, const char *const *columns);
void html_cell(struct buf *to, const char *column);
extern const char html_table_end[];

/* A verdict or a severity as a class: "open", "closed", "unsure" or "quiet". */
const char *html_tone(const char *word);

/* "192.0.2.25:465 tls", as an endpoint is written on the command line; escaped. */
void html_endpoint(struct buf *to, const struct report_view *view);

/* Decimal digits with a comma between thousands; what is none, as it is. */
void html_digits(struct buf *to, const char *digits);

const char *html_plural(size_t count);

extern const char html_style[];                         /* html_style.c */

void html_headline(const struct page *page);            /* html_head.c: the verdict in one sentence, figures, and what ran */
void html_notes(const struct page *page);
void html_overview(const struct page *page);            /* html_matrix.c: all targets in a table, and then each */
void html_targets(const struct page *page);
void html_attempts(const struct page *page, const struct report_view *view);    /* html_attempts.c: in a cell's evidence */
void html_transcript(const struct page *page, const char *transcript);
void html_findings(const struct page *page);            /* html_findings.c */
void html_exceptions(const struct page *page);
void html_baseline(const struct page *page);            /* html_baseline.c */
void html_grants(const struct page *page);              /* html_grants.c */
void html_clients(const struct page *page);
void html_atlas(const struct page *page);               /* html_atlas.c: who may relay, on the map of IPv4 */
void html_map(const struct page *page);                 /* html_map.c: what the server itself said */
void html_mail(const struct page *page);                /* html_mail.c */
void html_queue(const struct page *page);               /* html_queue.c */

#endif
