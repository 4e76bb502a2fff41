/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.c - headings, paragraphs and lists, in the terminal or as Markdown; and the
 * page of a finding
 */
#include "cmd/page.h"

#include <string.h>

#include "audit/finding_kind.h"
#include "base/buf.h"
#include "report/wrap.h"

enum { COLUMNS = 78 };

/* Markdown, but words in backquotes stay code.  m4's `quotes' are none. */
static void put_marked(struct buf *to, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t end = i + 1;

		while (end < len && text[i] == '`' && text[end] != '`' && text[end] != '\'')
			end++;
		if (text[i] == '`' && end < len && text[end] == '`') {
			buf_add(to, text + i, end + 1 - i);
			i = end;
			continue;
		}
		if (strchr("\\`*_[]<>|~#&", text[i]) != NULL)
			buf_char(to, '\\');
		buf_char(to, text[i]);
	}
}

static void put_wrapped(struct buf *to, const char *text, size_t len, unsigned first, unsigned indent)
{
	struct buf one = BUF_OWN;

	buf_add(&one, text, len);
	for (unsigned i = 0; i < first; i++)
		buf_char(to, ' ');
	wrap_text(to, one.data, first, indent, COLUMNS);
	buf_release(&one);
}

void page_begin(struct page *page, const char *name, const char *title)
{
	if (page->style == PAGE_TERMINAL) {
		buf_printf(page->to, "%s: %s\n\n", name, title);
		return;
	}
	buf_printf(page->to, "# %s\n\n", name);
	put_marked(page->to, title, strlen(title));
	buf_text(page->to, "\n\n");
}

void page_head(struct page *page, const char *head)
{
	buf_printf(page->to, page->style == PAGE_TERMINAL ? "\n%s\n" : "\n## %s\n\n", head);
}

void page_text(struct page *page, const char *paragraphs)
{
	while (*paragraphs != '\0') {
		size_t len = strcspn(paragraphs, "\n");

		if (page->style == PAGE_TERMINAL) {
			put_wrapped(page->to, paragraphs, len, 0, 0);
		} else {
			put_marked(page->to, paragraphs, len);
			buf_char(page->to, '\n');
		}
		paragraphs += len + (paragraphs[len] == '\n');
		if (*paragraphs != '\0')
			buf_char(page->to, '\n');
	}
}

void page_item(struct page *page, const char *about, const char *text)
{
	struct buf joined = BUF_OWN;

	if (about != NULL)
		buf_printf(&joined, "%s: ", about);
	buf_text(&joined, text);
	if (page->style == PAGE_TERMINAL) {
		put_wrapped(page->to, joined.data, joined.len, 2, 4);
	} else {
		buf_text(page->to, "- ");
		put_marked(page->to, joined.data, joined.len);
		buf_char(page->to, '\n');
	}
	buf_release(&joined);
}

void page_link(struct page *page, const char *name, const char *target, const char *title)
{
	buf_printf(page->to, "- [%s](%s): ", name, target);
	put_marked(page->to, title, strlen(title));
	buf_char(page->to, '\n');
}

void page_code_begin(struct page *page)
{
	if (page->style == PAGE_MARKDOWN)
		buf_text(page->to, "```\n");
}

void page_code_end(struct page *page)
{
	page_code_begin(page);
}

void page_finding(struct page *page, const struct finding_kind *kind)
{
	page_begin(page, kind->id, kind->title);
	page_text(page, kind->means);
	page_head(page, "How grave");
	page_item(page, NULL, kind->severity);
	page_head(page, "How it is known");
	page_text(page, kind->known);
	page_head(page, "What to do");
	for (const struct kind_fix *fix = kind->fixes; fix->mta != NULL; fix++)
		page_item(page, strcmp(fix->mta, "*") == 0 ? "any other" : fix->mta, fix->text);
}
