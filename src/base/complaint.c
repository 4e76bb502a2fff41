/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.c - the mistakes of a file
 */
#include "base/complaint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

void complaints_init(struct complaints *complaints, const char *file)
{
	*complaints = (struct complaints){ .file = mem_text(file) };
}

void complaints_release(struct complaints *complaints)
{
	for (size_t i = 0; i < complaints->count; i++)
		free(complaints->rows[i].text);
	free(complaints->rows);
	free(complaints->file);
	*complaints = (struct complaints){ .count = 0 };
}

void complaints_add(struct complaints *complaints, unsigned line, unsigned column, const char *format, ...)
{
	va_list arguments;
	char *text = NULL;
	int len;

	if (complaints->count == COMPLAINTS_MOST)
		return;
	va_start(arguments, format);
	len = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (len < 0)
		BUG("a format that cannot be printed");
	MEM_ROOM(complaints->rows, complaints->count, complaints->capacity);
	complaints->rows[complaints->count++] = (struct complaint){ line, column, text };
}
