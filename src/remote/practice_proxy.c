/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_proxy.c - PROXY headers
 */
#include "remote/practice_proxy.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "net/address.h"

enum {
	/* The longest line of version 1, by its specification. */
	PROXY_LINE = 107,
	PROXY_HEAD = 16,
	/* Addresses and a few fields more; the specification allows 64 KiB. */
	PROXY_MOST = 2048
};

static const char signature[] = "\r\n\r\n\0\r\nQUIT\n";

/* "PROXY TCP4 FROM TO PORT PORT", cut into words in place. */
static enum proxy_state read_words(char *line, struct address *client)
{
	char *words[6], *rest = line;
	struct address parsed;
	struct err err = ERR_INIT;

	for (int i = 0; i < 6; i++) {
		words[i] = strsep(&rest, " ");
		if (words[i] == NULL)
			return i > 1 && strcmp(words[1], "UNKNOWN") == 0 ? PROXY_READ : PROXY_WRONG;
	}
	if (strcmp(words[1], "UNKNOWN") == 0)
		return PROXY_READ;
	if (address_parse(words[2], &parsed, &err) != 0 || strcmp(words[1], parsed.family == AF_INET ? "TCP4" : "TCP6") != 0)
		return PROXY_WRONG;
	*client = parsed;
	return PROXY_READ;
}

static enum proxy_state read_line(const char *bytes, size_t len, size_t *used, struct address *client)
{
	const char *end = memchr(bytes, '\n', len);
	char line[PROXY_LINE + 1];
	size_t size;

	if (end == NULL)
		return len > PROXY_LINE ? PROXY_WRONG : PROXY_UNFINISHED;
	size = (size_t)(end - bytes);
	if (size > PROXY_LINE)
		return PROXY_WRONG;
	*used = size + 1;
	size -= bytes[size - 1] == '\r';
	memcpy(line, bytes, size);
	line[size] = '\0';
	return read_words(line, client);
}

static enum proxy_state read_binary(const char *bytes, size_t len, size_t *used, struct address *client)
{
	const unsigned char *head = (const unsigned char *)bytes;
	size_t size;

	if (len < PROXY_HEAD)
		return PROXY_UNFINISHED;
	size = (size_t)head[14] << 8 | head[15];
	if (head[12] >> 4 != 2 || (head[12] & 15) > 1 || size > PROXY_MOST)
		return PROXY_WRONG;
	if (len < PROXY_HEAD + size)
		return PROXY_UNFINISHED;
	*used = PROXY_HEAD + size;
	/* LOCAL, or a family without addresses that we know: the connection's own address stands. */
	if ((head[12] & 15) == 0 || (head[13] >> 4 != 1 && head[13] >> 4 != 2))
		return PROXY_READ;
	bool six = head[13] >> 4 == 2;

	if (size < (six ? 36u : 12u))
		return PROXY_WRONG;
	*client = (struct address){ .family = six ? AF_INET6 : AF_INET };
	memcpy(client->bytes, head + PROXY_HEAD, six ? 16 : 4);
	return PROXY_READ;
}

enum proxy_state practice_proxy_read(const char *bytes, size_t len, size_t *used, struct address *client)
{
	size_t same = len < sizeof signature - 1 ? len : sizeof signature - 1;

	if (memcmp(bytes, signature, same) == 0)
		return same < sizeof signature - 1 ? PROXY_UNFINISHED : read_binary(bytes, len, used, client);
	same = len < 6 ? len : 6;
	if (memcmp(bytes, "PROXY ", same) != 0)
		return PROXY_WRONG;
	return same < 6 ? PROXY_UNFINISHED : read_line(bytes, len, used, client);
}
