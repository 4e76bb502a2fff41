/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credentials.c - an account that cannot exist, as SMTP AUTH wants it
 */
#include "probe/credentials.h"

#include "base/buf.h"

enum { CREDENTIALS_MOST = 1024 };

static void add_base64(struct buf *to, const char *bytes, size_t len)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t at = 0; at < len; at += 3) {
		size_t rest = len - at;
		unsigned group = (unsigned)(unsigned char)bytes[at] << 16;

		group |= rest > 1 ? (unsigned)(unsigned char)bytes[at + 1] << 8 : 0;
		group |= rest > 2 ? (unsigned char)bytes[at + 2] : 0;
		buf_char(to, letters[group >> 18]);
		buf_char(to, letters[group >> 12 & 63]);
		buf_char(to, rest > 1 ? letters[group >> 6 & 63] : '=');
		buf_char(to, rest > 2 ? letters[group & 63] : '=');
	}
}

char *credentials_text(enum placeholder place, const char *label, const char *local_user)
{
	struct buf plain = BUF_INIT(CREDENTIALS_MOST), text = BUF_INIT(2 * CREDENTIALS_MOST);
	bool whole = place == PLACE_AUTH_PLAIN || place == PLACE_AUTH_PLAIN_EMPTY || place == PLACE_AUTH_PLAIN_AS;

	if (place == PLACE_AUTH_PLAIN_AS)
		buf_text(&plain, local_user);
	if (whole)
		buf_char(&plain, '\0');
	if (place != PLACE_AUTH_PASSWORD)
		buf_printf(&plain, "relayaudit-%s", label);
	if (whole)
		buf_char(&plain, '\0');
	if (place != PLACE_AUTH_USER && place != PLACE_AUTH_PLAIN_EMPTY)
		buf_text(&plain, label);
	add_base64(&text, plain.data, plain.len);
	buf_release(&plain);
	return buf_detach(&text);
}
