/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_names.c - names of macros and classes, and what they hold before the file is read
 *
 * The host's own name is what its /etc/hostname and /etc/hosts say, since nothing is looked up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/sendmail.h"

/* Where the bytes of long names begin: none is a sign's. */
enum { LONG_NAMES = 0xa0 };

unsigned char sendmail_name_id(struct sendmail *sendmail, const char *name, size_t len)
{
	const char *kept;

	if (len == 1 && (unsigned char)*name < 0x80)
		return (unsigned char)*name;
	if (len == 0)
		return 0;
	kept = pool_bytes(sendmail->config->pool, name, len);
	for (unsigned i = 0; i < sendmail->name_count; i++)
		if (sendmail->names[LONG_NAMES + i] == kept)
			return (unsigned char)(LONG_NAMES + i);
	if (LONG_NAMES + sendmail->name_count > 0xff)
		return 0;
	sendmail->names[LONG_NAMES + sendmail->name_count] = kept;
	return (unsigned char)(LONG_NAMES + sendmail->name_count++);
}

void sendmail_address_text(const struct sendmail *sendmail, const struct address *address, char text[ADDRESS_TEXT])
{
	int len;

	if (address->family == AF_INET) {
		address_print(address, text);
		return;
	}
	len = snprintf(text, ADDRESS_TEXT, "IPv6:");
	if (sendmail->short_six) {
		struct address bare = *address;
		char printed[ADDRESS_TEXT];

		bare.scope = 0;
		address_print(&bare, printed);
		snprintf(text + len, ADDRESS_TEXT - (size_t)len, "%.50s", printed);
		return;
	}
	for (int i = 0; i < 16; i += 2)
		len += snprintf(text + len, ADDRESS_TEXT - (size_t)len, "%s%x", i == 0 ? "" : ":", address->bytes[i] << 8 | address->bytes[i + 1]);
}

/* All words of the lines of /etc/hosts that have `word`: the first name is the canonical one. */
static const char *names_of(struct sendmail *sendmail, const char *hosts, const char *word)
{
	const char *canonical = NULL;
	char line[SENDMAIL_LINE_MOST];

	while (*hosts != '\0') {
		size_t len = strcspn(hosts, "\n");
		char *save = NULL, *names[64];
		size_t count = 0;
		bool fits = false;

		snprintf(line, sizeof line, "%.*s", (int)(len < sizeof line ? len : sizeof line - 1), hosts);
		hosts += len + (hosts[len] == '\n');
		line[strcspn(line, "#")] = '\0';
		for (char *name = strtok_r(line, " \t\r", &save); name != NULL && count < 64; name = strtok_r(NULL, " \t\r", &save)) {
			fits = fits || text_equal_nocase(name, word);
			names[count++] = name;
		}
		if (!fits || count < 2)
			continue;
		if (canonical == NULL)
			canonical = pool_text(sendmail->config->pool, names[1]);
		for (size_t i = 1; i < count; i++)
			sendmail_class_add(sendmail, 'w', names[i], strlen(names[i]), NULL);
	}
	return canonical;
}

static void read_small(struct sendmail *sendmail, const char *path, struct buf *text)
{
	struct err err = ERR_INIT;
	time_t modified;

	if (config_files_read(&sendmail->files, path, text, &modified, &err) != 0)
		buf_reset(text);
}

static void set(struct sendmail *sendmail, char name, const char *value, size_t len)
{
	sendmail->macros[(unsigned char)name] = pool_bytes(sendmail->config->pool, value, len);
}

void sendmail_names_finish(struct sendmail *sendmail)
{
	struct buf hosts = BUF_INIT(CONFIG_FILE_MOST);

	read_small(sendmail, "/etc/hosts", &hosts);
	for (size_t i = 0; i < sendmail->own_count; i++) {
		const struct address *own = &sendmail->own[i].address;
		char text[ADDRESS_TEXT], word[ADDRESS_TEXT + 2], bare[ADDRESS_TEXT];

		/* sendmail asks the interfaces for addresses, and leaves these out. */
		if (sendmail->skips_interfaces || (sendmail->skips_loopback && address_is_loopback(own)))
			continue;
		if (own->family == AF_INET6 && (address_is_loopback(own) || (own->bytes[0] == 0xfe && (own->bytes[1] & 0xc0) == 0x80)))
			continue;
		sendmail_address_text(sendmail, own, text);
		sendmail_class_add(sendmail, 'w', word, (size_t)snprintf(word, sizeof word, "[%s]", text), NULL);
		address_print(own, bare);
		if (!address_is_loopback(own))
			names_of(sendmail, hosts.data, bare);
	}
	buf_release(&hosts);
}

void sendmail_names_prepare(struct sendmail *sendmail)
{
	struct buf name = BUF_INIT(SENDMAIL_LINE_MOST), hosts = BUF_INIT(CONFIG_FILE_MOST);
	const char *host, *canonical, *dot;

	read_small(sendmail, "/etc/hostname", &name);
	read_small(sendmail, "/etc/hosts", &hosts);
	host = pool_bytes(sendmail->config->pool, name.data, strcspn(name.data, " \t\r\n"));
	if (*host == '\0')
		host = "localhost";
	canonical = names_of(sendmail, hosts.data, host);
	if (canonical == NULL)
		canonical = host;
	dot = strchr(canonical, '.');
	set(sendmail, 'j', canonical, strlen(canonical));
	set(sendmail, 'w', canonical, dot != NULL ? (size_t)(dot - canonical) : strlen(canonical));
	set(sendmail, 'k', canonical, strlen(canonical));
	if (dot != NULL) {
		set(sendmail, 'm', dot + 1, strlen(dot + 1));
		sendmail_class_add(sendmail, 'm', dot + 1, strlen(dot + 1), NULL);
	}
	sendmail_class_add(sendmail, 'w', canonical, strlen(canonical), NULL);
	sendmail_class_add(sendmail, 'w', host, strlen(host), NULL);
	if (dot != NULL)
		sendmail_class_add(sendmail, 'w', canonical, (size_t)(dot - canonical), NULL);
	buf_release(&name);
	buf_release(&hosts);
}
