/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formats.c - the table of formats
 */
#include <stddef.h>
#include <string.h>

#include "base/names.h"
#include "report/format.h"

static const struct format *const formats[] = {
	&format_text, &format_json,     &format_ndjson, &format_junit,      &format_sarif, &format_gitlab,
	&format_tap,  &format_markdown, &format_html,   &format_nagios,     &format_prometheus, &format_svg, &format_github, NULL,
};

const struct format *format_find(const char *name, const char **meant)
{
	struct nearest nearest = NEAREST_INIT(name);

	for (size_t i = 0; formats[i] != NULL; i++) {
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
		nearest_offer(&nearest, formats[i]->name);
	}
	*meant = nearest.best;
	return NULL;
}
