/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log_line.c - what the readers of logs have in common
 */
#include "mta/log_line.h"

#include <string.h>

bool log_path(struct slice *rest, struct slice *path)
{
	const char *end;
	bool quoted = false;

	if (rest->len == 0 || rest->at[0] != '<')
		return false;
	/* Most have no quotes. */
	end = memchr(rest->at, '>', rest->len);
	if (end == NULL)
		return false;
	if (memchr(rest->at, '"', (size_t)(end - rest->at)) == NULL) {
		*path = (struct slice){ rest->at + 1, (size_t)(end - rest->at - 1) };
		slice_step(rest, path->len + 2);
		return true;
	}
	for (size_t i = 1; i < rest->len; i++) {
		char byte = rest->at[i];

		if (byte == '\\' && quoted)
			i++;
		else if (byte == '"')
			quoted = !quoted;
		else if (byte == '>' && !quoted) {
			*path = (struct slice){ rest->at + 1, i - 1 };
			slice_step(rest, i + 1);
			return true;
		}
	}
	return false;
}

bool event_more(struct event *event)
{
	return slice_skip(&event->more, ",") && log_path(&event->more, &event->recipient);
}

struct slice log_bracketed(struct slice text)
{
	const char *end = text.len ? memrchr(text.at, ']', text.len) : NULL;
	const char *start = end ? memrchr(text.at, '[', (size_t)(end - text.at)) : NULL;
	struct slice address;

	if (start == NULL)
		return SLICE_NONE;
	address = (struct slice){ start + 1, (size_t)(end - start - 1) };
	slice_skip(&address, "IPv6:");
	return address;
}

bool log_tells_unknown_user(struct slice reply)
{
	static const char *const words[] = {
		"unknown user", "user unknown", "no such user", "unknown recipient", "recipient unknown", "no mailbox", "mailbox unavailable",
		"mailbox not found", "unknown local part", "unrouteable address", "does not exist", "5.1.1", "not found in virtual", "no_mailbox",
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_find_nocase(reply, words[i]) != NULL)
			return true;
	return false;
}
