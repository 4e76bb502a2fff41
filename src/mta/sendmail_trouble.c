/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_trouble.c - rows and words that do nothing, or not what their writer meant
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/sendmail_net.h"
#include "mta/sendmail.h"

#define BLANKS " \t\r"

/* Tags that the rules of sendmail's m4 files ask for. */
static const char *const tags[] = {
	"authinfo",   "certissuer", "certsubject", "clientconn",   "clientrate", "clt_features", "compat",	   "connect",	   "from",
	"greetpause", "ipv6",	    "qgrp",	   "spam",	   "srv_features", "tls_clt",	 "tls_clt_features", "tls_rcpt", "tls_srv",
	"tls_srv_features", "to", "try_tls",
};

static const char *const verdicts[] = { "relay", "ok", "reject", "discard", "skip" };

static struct fact *tell(struct sendmail *sendmail, enum fact_kind kind, const char *source, const char *key, const char *value)
{
	struct fact *fact = config_add_fact(sendmail->config, kind, source);

	fact->text = config_text(sendmail->config, "%.250s%s%.250s", config_shown(sendmail->config, key, strlen(key)), *value != '\0' ? " " : "",
				 config_shown(sendmail->config, value, strlen(value)));
	return fact;
}

/* What a key or a word should have been to match such clients; NULL where it may match. */
static const char *cure_of(struct sendmail *sendmail, const char *text)
{
	struct prefix network;
	bool host_bits;

	if (sendmail_network(text, sendmail->short_six, &network))
		return NULL;
	if (!sendmail_meant_network(text, &network, &host_bits)) {
		bool odd = strspn(text, "0123456789./-*") == strlen(text) && *text != '\0';

		return odd ? "name addresses by whole octets: 10, 10.1, 10.1.2 or 10.1.2.3, without a mask or a star" : NULL;
	}
	if (host_bits)
		return "write the one address without a mask, if it was meant; by octets, all that begins with them may relay: 210 is 16,777,216 addresses";
	if (network.first.family == AF_INET6)
		return "write all groups, each without leading zeros, as sendmail logs the address; a shorter key is all that begins with its groups";
	return "write whole octets without a mask: 10 is 10.0.0.0/8, 10.1 is 10.1.0.0/16; other networks need a row for each";
}

static bool has_tag(const char *key, size_t len)
{
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (strlen(tags[i]) == len && strncasecmp(tags[i], key, len) == 0)
			return true;
	return false;
}

static void of_key(struct sendmail *sendmail, const struct sendmail_map *map, const struct sendmail_row *row)
{
	const char *colon = strchr(row->key, ':'), *about = row->key, *cure;
	size_t len = colon != NULL ? (size_t)(colon - row->key) : 0;
	struct fact *fact;

	if (colon != NULL && strchr(row->key, '@') == NULL && !has_tag(row->key, len)) {
		fact = tell(sendmail, FACT_DEAD, row->source, row->written, row->value);
		fact->title = config_text(sendmail->config, "no rule asks the %.40s map for a key with such a tag", map->name);
		fact->says = "the row does nothing: nobody is let in or kept out by it";
		fact->fix = "write Connect:, From:, To: or another tag of cf/README";
		return;
	}
	if (colon != NULL && text_starts_nocase(row->key, "connect:"))
		about = colon + 1;
	else if (colon != NULL && !text_starts_nocase(row->key, "ipv6:"))
		return;
	cure = cure_of(sendmail, about);
	if (cure == NULL)
		return;
	fact = tell(sendmail, FACT_DEAD, row->source, row->written, row->value);
	fact->title = "a row for clients that never matches";
	fact->says = "sendmail asks for an address, then for what is left when its last octet or group is taken off; it never asks for this key";
	fact->fix = cure;
}

static void of_value(struct sendmail *sendmail, const struct sendmail_row *row)
{
	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
		size_t len = strlen(verdicts[i]);
		const char *rest = row->value + len;
		struct fact *fact;

		if (!text_starts_nocase(row->value, verdicts[i]) || strchr(BLANKS, *rest) == NULL || rest[strspn(rest, BLANKS)] == '\0')
			continue;
		fact = tell(sendmail, FACT_SYNTAX, row->source, row->written, row->value);
		fact->title = "more than the verdict stands in a row";
		fact->says = "sendmail takes all of it for a text to refuse with: 553 5.3.0 and these words";
		fact->fix = "put comments on lines of their own, which begin with #";
	}
}

static void of_repeated(struct sendmail *sendmail, const struct sendmail_map *map, const struct sendmail_row *row)
{
	const struct sendmail_row *first = sendmail_map_row(map, row->key);
	struct fact *fact;

	if (first == NULL || strcmp(first->value, row->value) == 0)
		return;
	fact = tell(sendmail, FACT_DUPLICATE, row->source, row->written, row->value);
	fact->title = config_text(sendmail->config, "%.100s has the same key with another value", first->source);
	fact->says = "makemap keeps the first and says \"duplicate key\"; this one does nothing";
	fact->fix = "keep the one that is meant";
}

static void of_map(struct sendmail *sendmail, const struct sendmail_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		if (map->rows[i].repeated) {
			of_repeated(sendmail, map, &map->rows[i]);
			continue;
		}
		of_key(sendmail, map, &map->rows[i]);
		of_value(sendmail, &map->rows[i]);
	}
}

/* Words of class R, which may end in a dot. */
static void of_words(struct sendmail *sendmail)
{
	const struct sendmail_class *class = &sendmail->classes['R'];

	for (size_t i = 0; i < class->count; i++) {
		const struct sendmail_member *member = &class->members[i];
		char *text = mem_text(member->word);
		size_t len = strlen(text);
		const char *cure;

		if (len > 1 && text[len - 1] == '.')
			text[len - 1] = '\0';
		cure = member->source != NULL ? cure_of(sendmail, text) : NULL;
		free(text);
		if (cure != NULL) {
			struct fact *fact = tell(sendmail, FACT_DEAD, member->source, member->word, "");

			fact->title = "a word of class R that never matches";
			fact->says = "sendmail compares the words of class R with the beginning of an address, octet by octet; no address begins so";
			fact->fix = cure;
		}
	}
}

/* What was changed and not made into sendmail.cf. */
static void of_source(struct sendmail *sendmail, time_t made)
{
	time_t modified;
	struct fact *fact;

	if (!config_files_has(&sendmail->files, "/etc/mail/sendmail.mc", &modified) || modified <= made)
		return;
	fact = config_add_fact(sendmail->config, FACT_SHADOWED, "/etc/mail/sendmail.mc");
	fact->title = "sendmail.mc was changed after sendmail.cf was made";
	fact->says = "sendmail reads sendmail.cf only: what was changed is not in force, and the next make puts it in force";
	fact->fix = "make -C /etc/mail, then look at this report again";
}

void sendmail_troubles(struct sendmail *sendmail, time_t made)
{
	for (size_t i = 0; i < sendmail->map_count; i++)
		if (text_equal_nocase(sendmail->maps[i].name, "access"))
			of_map(sendmail, &sendmail->maps[i]);
	of_words(sendmail);
	if (made != 0)
		of_source(sendmail, made);
}
