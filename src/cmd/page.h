/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_PAGE_H
#define CMD_PAGE_H

/*
 * The page that explains a finding or a trick: in the terminal, and the same text as
 * Markdown for the documents.
 */

#include <stddef.h>

struct buf;
struct finding_kind;
struct probe;

enum page_style { PAGE_TERMINAL, PAGE_MARKDOWN };

struct page {
	struct buf *to;                 /* borrowed */
	enum page_style style;
};

/* "relay", "The server carries ..." */
void page_begin(struct page *page, const char *name, const char *title);

/* An empty line before it is the page's own. */
void page_head(struct page *page, const char *head);

/* Paragraphs, a line each; words in backquotes are code. */
void page_text(struct page *page, const char *paragraphs);

/* One of a list; `about` may be NULL. */
void page_item(struct page *page, const char *about, const char *text);

/* Around lines as they are, which their writer adds to the buffer. */
void page_code_begin(struct page *page);
void page_code_end(struct page *page);

/* One of a list of links. */
void page_link(struct page *page, const char *name, const char *target, const char *title);

void page_finding(struct page *page, const struct finding_kind *kind);
void page_probe(struct page *page, const struct probe *probe);

#endif
