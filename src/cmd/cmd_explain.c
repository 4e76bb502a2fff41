/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_explain.c - relayaudit explain [NAME]...
 *
 * Also writes the pages of the documents: one a finding, one a trick.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/finding_kind.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/names.h"
#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/page.h"
#include "probe/catalogue.h"
#include "probe/probe.h"

struct explain_options {
	struct option_list directories;
	const char *pages;
	bool markdown;
};

#define AT(member) offsetof(struct explain_options, member)

static const struct option_row options[] = {
	{ 0, "probes", "DIR", "your own probes beside ours (repeatable)", OPTION_LIST, AT(directories), 0, 0, NULL, NULL },
	{ 0, "markdown", NULL, "as Markdown", OPTION_FLAG, AT(markdown), 0, 0, NULL, NULL },
	{ 0, "pages", "DIR", "write all pages there, with an index", OPTION_TEXT, AT(pages), 0, 0, NULL, NULL },
	{ 0, NULL, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL },
};

static int fail(const struct err *err)
{
	fprintf(stderr, "relayaudit: %s\n", err->text);
	return EXIT_USAGE;
}

static void list(struct page *page)
{
	const struct finding_kind *kind;

	for (size_t i = 0; (kind = finding_kind_at(i)) != NULL; i++)
		buf_printf(page->to, "%-20s %s\n", kind->id, kind->title);
	buf_text(page->to, "\nThe tricks: relayaudit probes list\n");
}

/* A finding and a probe may have one name: then both are meant. */
static int explain_one(struct page *page, const struct catalogue *catalogue, const char *name, struct err *err)
{
	const char *near_kind = NULL, *near_probe = NULL;
	const struct finding_kind *kind = finding_kind_find(name, &near_kind);
	const struct probe *probe = catalogue_find(catalogue, name, &near_probe);
	struct nearest nearest = NEAREST_INIT(name);

	if (page->to->len != 0)
		buf_text(page->to, "\n\n");
	if (kind != NULL)
		page_finding(page, kind);
	if (kind != NULL && probe != NULL)
		buf_text(page->to, "\n\n");
	if (probe != NULL)
		page_probe(page, probe);
	if (kind != NULL || probe != NULL)
		return 0;
	if (near_kind != NULL)
		nearest_offer(&nearest, near_kind);
	if (near_probe != NULL)
		nearest_offer(&nearest, near_probe);
	return err_set(err, ERR_USAGE, "there is neither a finding nor a probe '%.60s'%s%s%s", name, nearest.best ? "; was '" : "",
		       nearest.best ? nearest.best : ": relayaudit explain lists the ones, relayaudit probes list the others", nearest.best ? "' meant?" : "");
}

static int make_directory(const char *path, struct err *err)
{
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return err_set(err, ERR_SYSTEM, "%.300s cannot be made: %s", path, strerror(errno));
	return 0;
}

/* DIR/KIND/NAME.md, and its line in the index. */
static int write_page(const char *directory, const char *kind, const char *name, const char *title, struct buf *text, struct page *index, struct err *err)
{
	char *path = mem_printf("%s/%s/%s.md", directory, kind, name), *target = path + strlen(directory) + 1;
	int result = file_replace(path, text->data, text->len, err);

	if (result == 0 && chmod(path, 0644) != 0)
		result = err_set(err, ERR_SYSTEM, "%.300s cannot be made readable: %s", path, strerror(errno));
	page_link(index, name, target, title);
	buf_release(text);
	free(path);
	return result;
}

static int write_findings(const char *directory, struct page *index, struct err *err)
{
	const struct finding_kind *kind;
	int result = 0;

	buf_text(index->to, "# What relayaudit finds, and by which tricks\n\n## Findings\n\n");
	for (size_t i = 0; result == 0 && (kind = finding_kind_at(i)) != NULL; i++) {
		struct buf text = BUF_OWN;
		struct page page = { &text, PAGE_MARKDOWN };

		page_finding(&page, kind);
		result = write_page(directory, "findings", kind->id, kind->title, &text, index, err);
	}
	return result;
}

static int write_tricks(const char *directory, const struct catalogue *catalogue, struct page *index, struct err *err)
{
	int result = 0;

	page_head(index, "Tricks");
	for (size_t i = 0; result == 0 && i < catalogue->count; i++) {
		struct buf text = BUF_OWN;
		struct page page = { &text, PAGE_MARKDOWN };

		page_probe(&page, catalogue->probes[i]);
		result = write_page(directory, "tricks", catalogue->probes[i]->name, catalogue->probes[i]->title, &text, index, err);
	}
	return result;
}

static int write_pages(const char *directory, const struct catalogue *catalogue, struct err *err)
{
	char *findings = mem_printf("%s/findings", directory), *tricks = mem_printf("%s/tricks", directory), *path = mem_printf("%s/index.md", directory);
	struct buf text = BUF_OWN;
	struct page index = { &text, PAGE_MARKDOWN };
	int result = -1;

	if (make_directory(directory, err) == 0 && make_directory(findings, err) == 0 && make_directory(tricks, err) == 0 &&
	    write_findings(directory, &index, err) == 0 && write_tricks(directory, catalogue, &index, err) == 0)
		result = file_replace(path, text.data, text.len, err);
	if (result == 0 && chmod(path, 0644) != 0)
		result = err_set(err, ERR_SYSTEM, "%.300s cannot be made readable: %s", path, strerror(errno));
	buf_release(&text);
	free(findings);
	free(tricks);
	free(path);
	return result;
}

static int work(const struct explain_options *read, char **names, int count, struct err *err)
{
	struct catalogue catalogue = { .count = 0 };
	struct buf text = BUF_OWN;
	struct page page = { &text, read->markdown ? PAGE_MARKDOWN : PAGE_TERMINAL };
	int result = catalogue_read(&catalogue, catalogue_directory(), false, stderr, err);

	for (size_t i = 0; i < read->directories.count && result == 0; i++)
		result = catalogue_read(&catalogue, read->directories.texts[i], true, stderr, err);
	if (result == 0 && read->pages != NULL)
		result = write_pages(read->pages, &catalogue, err);
	else if (result == 0 && count == 0)
		list(&page);
	for (int i = 0; i < count && result == 0; i++)
		result = explain_one(&page, &catalogue, names[i], err);
	if (result == 0 && text.len != 0)
		fputs(text.data, stdout);
	buf_release(&text);
	catalogue_release(&catalogue);
	return result;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct explain_options read = { .pages = NULL };
	struct err err = ERR_INIT;
	int operands, status = EXIT_FINE;
	bool help;

	if (options_read(options, &read, argc, argv, &operands, &help, &err) != 0)
		status = fail(&err);
	else if (help)
		options_help(command, stdout);
	else if (work(&read, argv + operands, argc - operands, &err) != 0)
		status = fail(&err);
	option_list_release(&read.directories);
	return status;
}

const struct command command_explain = {
	.name = "explain",
	.about = "explains a finding or a trick, and what to do about it",
	.usage = "[OPTION]... [NAME]...",
	.more = "NAME is the id of a finding, as reports have it, or the name of a probe. Without any,\n"
		"lists the findings.\n\n"
		"Examples:\n"
		"  relayaudit explain trust-bridge\n"
		"  relayaudit explain percent-at-host",
	.options = options,
	.run = run,
};
