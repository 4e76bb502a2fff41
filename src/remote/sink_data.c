/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink_data.c - the end of a message
 *
 * A line's beginning is what follows CR LF, or DATA itself.
 */
#include "remote/sink_data.h"

#include <string.h>

enum state {
	AT_LINE,        /* at the beginning of a line */
	IN_TEXT,
	AFTER_CR,
	AFTER_DOT,      /* a line has begun with a dot, which is not said yet */
	AFTER_DOT_CR,
	AT_END
};

/* One byte, which changes the state; what is to be said is put before `said`'s end. */
static enum state step(enum state state, char byte, char said[2], size_t *len)
{
	*len = 0;
	if (state == AFTER_DOT_CR && byte == '\n')
		return AT_END;
	if (state == AFTER_CR || state == AFTER_DOT_CR)
		said[(*len)++] = '\r';
	if (byte == '\r')
		return state == AFTER_DOT ? AFTER_DOT_CR : AFTER_CR;
	if (state == AT_LINE && byte == '.')
		return AFTER_DOT;
	said[(*len)++] = byte;
	return state == AFTER_CR && byte == '\n' ? AT_LINE : IN_TEXT;
}

bool sink_data_read(struct sink_data *data, const char *bytes, size_t len, size_t *used,
		    void (*take)(void *context, const char *bytes, size_t len), void *context)
{
	enum state state = (enum state)data->state;
	size_t i = 0;

	while (i < len && state != AT_END) {
		char said[2];
		size_t count;

		if (state == IN_TEXT) {
			const char *end = memchr(bytes + i, '\r', len - i);

			count = end == NULL ? len - i : (size_t)(end - bytes) - i;
			if (count != 0)
				take(context, bytes + i, count);
			i += count;
			if (i == len)
				break;
		}
		state = step(state, bytes[i++], said, &count);
		if (count != 0)
			take(context, said, count);
	}
	*used = i;
	data->state = (unsigned char)state;
	return state == AT_END;
}
