/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page_probe.c - the page of a trick: all that its probe file says
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cmd/page.h"
#include "probe/probe.h"
#include "smtp/capability.h"

static void put_remarks(struct page *page, const char *title, const struct remarks *remarks)
{
	if (remarks->count == 0)
		return;
	page_head(page, title);
	for (size_t i = 0; i < remarks->count; i++)
		page_item(page, strcmp(remarks->rows[i].about, "*") == 0 ? "any other" : remarks->rows[i].about, remarks->rows[i].text);
}

static void put_client_line(struct buf *to, const struct step *step)
{
	const struct line *line = &step->line;
	bool whole = line_is(line, PLACE_MESSAGE) || line_is(line, PLACE_SECOND_MESSAGE);

	buf_text(to, "   -> ");
	for (size_t i = 0; i < line->count; i++) {
		const struct piece *piece = &line->pieces[i];
		bool ends = i + 1 == line->count && piece->len >= 2 && memcmp(piece->bytes + piece->len - 2, "\r\n", 2) == 0;

		if (piece->placeholder >= 0)
			buf_printf(to, "{%s}", placeholder_name((enum placeholder)piece->placeholder));
		else
			text_escape(to, piece->bytes, ends ? piece->len - 2 : piece->len);
		whole = whole || ends;
	}
	/* As the file has it. */
	if (!whole)
		buf_text(to, "\\c");
	buf_char(to, '\n');
}

static void put_codes(struct buf *to, const struct step *step)
{
	buf_text(to, step->decides ? "  <-  decide " : "  <-  expect ");
	for (size_t i = 0; i < step->expect.count; i++) {
		if (step->expect.codes[i] < 10)
			buf_printf(to, "%s%dxx", i ? "|" : "", step->expect.codes[i]);
		else
			buf_printf(to, "%s%d", i ? "|" : "", step->expect.codes[i]);
	}
	buf_text(to, step->expect.count ? "\n" : "any\n");
}

static void put_script(struct page *page, const struct probe *probe)
{
	struct buf *to = page->to;

	page_head(page, "The dialogue");
	page_code_begin(page);
	if (probe->has_hello) {
		struct step hello = { .line = probe->hello };

		put_client_line(to, &hello);
		buf_text(to, "  <-  expect 2xx\n");
	}
	for (size_t i = 0; i < probe->step_count; i++) {
		const struct step *step = &probe->steps[i];

		if (step->kind == EXCHANGE_TLS)
			buf_text(to, "  === tls\n");
		else if (step->line.count != 0)
			put_client_line(to, step);
		if (step->replies)
			put_codes(to, step);
	}
	page_code_end(page);
}

static void put_needs(struct page *page, const struct probe *probe)
{
	struct buf names = BUF_OWN;
	const char *name;
	unsigned flag;

	for (size_t i = 0; (name = precondition_at(i)) != NULL; i++)
		if ((probe->needs & precondition_flag(name)) != 0)
			buf_printf(&names, "%s%s", names.len != 0 ? " " : "", name);
	for (size_t i = 0; (name = capability_at(i, &flag)) != NULL; i++)
		if ((probe->capabilities & flag) != 0)
			buf_printf(&names, "%s%s", names.len != 0 ? " " : "", name);
	if (names.len != 0) {
		page_head(page, "Needs");
		page_item(page, NULL, names.data);
	}
	buf_release(&names);
}

static void put_meaning(struct page *page, const struct probe *probe)
{
	static const char *const shown[] = {
		[SHOWN_BY_REPLY] = NULL,
		[SHOWN_BY_DELIVERY] = "Only a message that arrives shows it; that the server accepts one is right.",
		[SHOWN_BY_BOUNCE] = "Only a message that comes back shows it; that the server accepts one is right.",
	};

	if (probe->finding == NULL && probe->shown == SHOWN_BY_REPLY && !probe->intrusive && !probe->sends_message)
		return;
	page_head(page, "What it means");
	page_item(page, "finding", probe->finding != NULL ? probe->finding : "relay");
	if (shown[probe->shown] != NULL)
		page_item(page, NULL, shown[probe->shown]);
	if (probe->sends_message)
		page_item(page, NULL, "It sends a message, and so runs with --confirm only.");
	if (probe->intrusive)
		page_item(page, "may leave behind", probe->leaves);
}

void page_probe(struct page *page, const struct probe *probe)
{
	page_begin(page, probe->name, probe->title);
	page_text(page, probe->explain);
	put_script(page, probe);
	put_meaning(page, probe);
	put_needs(page, probe);
	put_remarks(page, "Bites", &probe->bites);
	put_remarks(page, "What to do", &probe->fixes);
	if (probe->reference_count != 0)
		page_head(page, "References");
	for (size_t i = 0; i < probe->reference_count; i++)
		page_item(page, NULL, probe->references[i]);
}
