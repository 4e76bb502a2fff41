/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier_domain.c - the domains that mail is taken for, as module.esmtp/esmtp.c and libs/islocal.c of Courier read them
 *
 * A line of the text is a domain, or all below one with a dot before it; with a "!" it is none, and ends the search.
 * The compiled list is looked at where the text has nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/courier.h"

void courier_domains_release(struct courier_domains *domains)
{
	free(domains->rows);
}

static void add(struct courier *courier, struct courier_domains *domains, const char *name, size_t len, const char *file, unsigned line)
{
	bool negated = line != 0 && *name == '!';
	char *copy = mem_bytes(name + negated, len - negated);

	text_lower(copy);
	domains->unread = domains->unread || domains->count >= COURIER_DOMAINS_MOST;
	if (domains->count < COURIER_DOMAINS_MOST) {
		MEM_ROOM(domains->rows, domains->count, domains->capacity);
		domains->rows[domains->count++] =
			(struct courier_domain){ .name = pool_text(courier->config->pool, copy), .file = file, .line = line, .negated = negated };
	}
	free(copy);
}

void courier_domains_text(struct courier *courier, struct courier_domains *domains, const char *file, const char *text, size_t len)
{
	unsigned line = 0;

	domains->there = true;
	/* It is read as text: a NUL ends it. */
	len = strnlen(text, len);
	for (size_t at = 0, end; at < len; at = end + 1) {
		const char *stop = memchr(text + at, '\n', len - at);
		size_t used;

		end = stop != NULL ? (size_t)(stop - text) : len;
		line++;
		used = strcspn(text + at, "\r\n");
		if (used != 0 && text[at] != '#')
			add(courier, domains, text + at, used, file, line);
	}
}

static void take_dat(struct courier *courier, struct courier_domains *domains, const char *bytes, size_t len)
{
	struct gdbm_walk walk;
	const char *key, *data;
	size_t key_len, data_len;

	gdbm_walk_init(&walk, bytes, len);
	while (gdbm_next(&walk, &key, &key_len, &data, &data_len) && !domains->unread)
		if (key_len != 0)
			add(courier, domains, key, key_len, domains->dat, 0);
	domains->unread = domains->unread || !walk.sound;
}

static bool read_file(struct courier *courier, struct courier_domains *domains, const char *path, struct buf *text)
{
	struct err err = ERR_INIT;
	time_t modified;
	struct fact *fact;

	if (!config_files_has(&courier->files, path, &modified))
		return false;
	if (config_files_read(&courier->files, path, text, &modified, &err) == 0)
		return true;
	fact = config_add_fact(courier->config, FACT_NOT_EVALUATED, path);
	fact->title = "a list of domains is not read";
	fact->says = config_text(courier->config, "%s", err.text);
	fact->fix = "run this as root, or mend the file";
	domains->unread = true;
	return false;
}

void courier_domains_read(struct courier *courier, struct courier_domains *domains, const char *file, const char *dat)
{
	struct buf text = BUF_INIT(CONFIG_TABLE_MOST);

	domains->file = file;
	domains->dat = dat;
	if (read_file(courier, domains, file, &text))
		courier_domains_text(courier, domains, file, text.data, text.len);
	buf_reset(&text);
	if (read_file(courier, domains, dat, &text))
		take_dat(courier, domains, text.data, text.len);
	buf_release(&text);
}

static bool fits(const struct courier_domain *domain, const char *name)
{
	size_t len = strlen(name), tail = strlen(domain->name);

	/* In the compiled list a dot is looked up from each dot of the name on. */
	if (*domain->name == '.')
		return len >= tail && strcmp(name + len - tail, domain->name) == 0;
	return strcmp(name, domain->name) == 0;
}

const struct courier_domain *courier_domains_find(const struct courier_domains *domains, const char *name)
{
	bool ended = false;

	for (size_t i = 0; i < domains->count; i++) {
		const struct courier_domain *domain = &domains->rows[i];

		if ((domain->line != 0 && ended) || !fits(domain, name))
			continue;
		if (!domain->negated)
			return domain;
		ended = true;
	}
	return NULL;
}
