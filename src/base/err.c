/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err.c - kind and sentence
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
	va_list arguments;

	err->kind = kind;
	va_start(arguments, format);
	vsnprintf(err->text, sizeof err->text, format, arguments);
	va_end(arguments);
	return -1;
}

int err_prefix(struct err *err, const char *format, ...)
{
	char what[sizeof err->text];
	va_list arguments;
	size_t len;

	memcpy(what, err->text, sizeof what);
	va_start(arguments, format);
	vsnprintf(err->text, sizeof err->text, format, arguments);
	va_end(arguments);
	len = strlen(err->text);
	snprintf(err->text + len, sizeof err->text - len, ": %s", what);
	return -1;
}
