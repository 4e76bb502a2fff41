/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf.c - growing bytes with a ceiling
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void buf_init(struct buf *buf, size_t ceiling)
{
	*buf = (struct buf)BUF_INIT(ceiling);
}

void buf_release(struct buf *buf)
{
	if (buf->capacity != 0)
		free(buf->data);
	buf_init(buf, buf->ceiling);
}

void buf_reset(struct buf *buf)
{
	buf->len = 0;
	buf->cut = false;
	if (buf->capacity != 0)
		buf->data[0] = '\0';
}

/* So that `len` bytes and a NUL fit; they do not yet. */
static void buf_grow(struct buf *buf, size_t len)
{
	size_t capacity = buf->capacity ? buf->capacity : 64;
	char *data;

	while (capacity < len + 1)
		capacity *= 2;
	data = mem_resize(buf->capacity ? buf->data : NULL, capacity, 1);
	buf->data = data;
	buf->capacity = capacity;
}

void buf_spill(struct buf *buf)
{
	buf->spill(buf->spill_to, buf->data, buf->len);
	buf_reset(buf);
}

void buf_add(struct buf *buf, const char *bytes, size_t len)
{
	size_t room = buf->ceiling - buf->len;

	if (len > room && buf->spill != NULL) {
		buf_spill(buf);
		room = buf->ceiling;
		if (len > room) {
			buf->spill(buf->spill_to, bytes, len);
			return;
		}
	}
	if (len > room) {
		buf->cut = true;
		len = room;
	}
	if (len == 0)
		return;
	if (buf->len + len >= buf->capacity)
		buf_grow(buf, buf->len + len);
	memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_char(struct buf *buf, char byte)
{
	buf_add(buf, &byte, 1);
}

void buf_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list arguments;
	char shown[512], *text = shown;
	int len;

	va_start(arguments, format);
	len = vsnprintf(shown, sizeof shown, format, arguments);
	va_end(arguments);
	if (len >= (int)sizeof shown) {
		va_start(arguments, format);
		len = vasprintf(&text, format, arguments);
		va_end(arguments);
	}
	if (len < 0)
		BUG("a format that cannot be printed");
	buf_add(buf, text, (size_t)len);
	if (text != shown)
		free(text);
}

void buf_take(struct buf *buf, size_t len)
{
	if (len > buf->len)
		BUG("more is taken than there is");
	if (len == 0)
		return;
	memmove(buf->data, buf->data + len, buf->len - len + 1);
	buf->len -= len;
}

char *buf_detach(struct buf *buf)
{
	char *text = buf->capacity ? buf->data : mem_text("");

	buf_init(buf, buf->ceiling);
	return text;
}
