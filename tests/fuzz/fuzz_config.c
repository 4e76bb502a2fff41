/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_config.c - any bytes as a configuration file
 *
 * They end in complaints with places, that may be shown, or in settings whose print is a
 * configuration file again and prints the same.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complaint.h"
#include "cmd/command.h"
#include "cmd/scan.h"
#include "cmd/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_complaints(const struct complaints *complaints)
{
	check(complaints->count >= 1 && complaints->count <= COMPLAINTS_MOST);
	for (size_t i = 0; i < complaints->count; i++) {
		check(complaints->rows[i].line >= 1 && complaints->rows[i].column >= 1);
		for (const char *byte = complaints->rows[i].text; *byte != '\0'; byte++)
			check(*byte >= ' ' && *byte <= '~');
	}
}

/* The print without its comments: these name lines, which differ. */
static char *print(const struct settings *settings)
{
	char *text = NULL, *to;
	size_t len;
	FILE *stream = open_memstream(&text, &len);

	settings_show(settings, stream);
	fclose(stream);
	to = text;
	for (const char *line = text; *line != '\0';) {
		const char *stop = strchr(line, '\n'), *end = stop;

		/* The last '#' begins the comment: what is quoted stands before it. */
		while (end > line && *end != '#')
			end--;
		if (end == line)
			end = stop;
		if (*line != '#') {
			memmove(to, line, (size_t)(end - line));
			to += end - line;
			*to++ = '\n';
		}
		line = stop + 1;
	}
	*to = '\0';
	return text;
}

/* A password is left out of what is shown; all else comes back. */
static void check_round(const struct settings *settings)
{
	char *text = print(settings), *again;
	struct scan_options options = SCAN_OPTIONS_INIT;
	struct settings other;

	check(settings_parse(&other, command_scan.options, &options, NULL, "fuzzed", text, strlen(text)) == 0);
	again = print(&other);
	check(strcmp(text, again) == 0);
	free(again);
	free(text);
	settings_release(&other);
	scan_options_release(&options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scan_options options = SCAN_OPTIONS_INIT;
	struct settings settings;

	if (settings_parse(&settings, command_scan.options, &options, NULL, "fuzzed", (const char *)data, size) != 0)
		check_complaints(&settings.complaints);
	else
		check_round(&settings);
	settings_release(&settings);
	scan_options_release(&options);
	return 0;
}
