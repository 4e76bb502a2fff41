/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem.c - memory that is there, or the end of the process
 */
#include "base/mem.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void mem_gone(void)
{
	fputs("relayaudit: out of memory\n", stderr);
	exit(2);
}

void *mem_new(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (memory == NULL)
		mem_gone();
	return memory;
}

void *mem_resize(void *old, size_t count, size_t size)
{
	void *memory;

	if (size != 0 && count > SIZE_MAX / size)
		mem_gone();
	memory = realloc(old, count == 0 || size == 0 ? 1 : count * size);
	if (memory == NULL)
		mem_gone();
	return memory;
}

char *mem_bytes(const char *bytes, size_t len)
{
	char *copy = mem_new(len + 1);

	if (len != 0)
		memcpy(copy, bytes, len);
	return copy;
}

char *mem_text(const char *text)
{
	return mem_bytes(text, strlen(text));
}

char *mem_printf(const char *format, ...)
{
	va_list arguments;
	char *text = NULL;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		mem_gone();
	va_end(arguments);
	return text;
}

void mem_trim(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

void mem_bug(const char *file, int line, const char *why)
{
	fprintf(stderr, "relayaudit: bug at %s:%d: %s\n", file, line, why);
	abort();
}
