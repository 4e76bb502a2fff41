/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qmail_control.c - qmail's control files, as control.c, rcpthosts.c and qmail-newmrh.c
 * of notqmail 1.09 read them
 *
 * Without rcpthosts every recipient is taken from everybody.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/qmail.h"

#define CONTROL "/var/qmail/control/"

void qmail_hosts_release(struct qmail_hosts *hosts)
{
	free(hosts->rows);
}

/* In lower case, since whatever is looked up in it is. */
static void add(struct qmail *qmail, struct qmail_hosts *hosts, const char *name, size_t len, unsigned line)
{
	char *copy = mem_bytes(name, len);

	for (size_t i = 0; i < len; i++)
		copy[i] = (char)(copy[i] >= 'A' && copy[i] <= 'Z' ? copy[i] + 32 : copy[i]);
	MEM_ROOM(hosts->rows, hosts->count, hosts->capacity);
	hosts->rows[hosts->count++] = (struct qmail_host){ .name = pool_bytes(qmail->config->pool, copy, len), .len = len, .line = line };
	free(copy);
}

void qmail_hosts_take(struct qmail *qmail, struct qmail_hosts *hosts, const char *file, const char *text, size_t len)
{
	unsigned line = 0;

	hosts->file = pool_text(qmail->config->pool, file);
	hosts->there = true;
	for (size_t at = 0, next; at < len; at = next) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t stop = end != NULL ? (size_t)(end - text) : len;

		next = stop + 1;
		line++;
		while (stop > at && (text[stop - 1] == ' ' || text[stop - 1] == '\t' || text[stop - 1] == '\n'))
			stop--;
		if (stop > at && text[at] != '#' && text[at] != '\0')
			add(qmail, hosts, text + at, strnlen(text + at, stop - at), line);
	}
}

static void take_cdb(struct qmail *qmail, struct qmail_hosts *hosts, const char *file, const char *bytes, size_t len)
{
	struct cdb_walk walk = { .bytes = (const unsigned char *)bytes };
	const char *key, *data;
	size_t key_len, data_len;
	bool sound;

	hosts->file = file;
	hosts->there = true;
	while (cdb_next(&walk, len, &key, &key_len, &data, &data_len, &sound))
		add(qmail, hosts, key, key_len, 0);
	hosts->broken = !sound;
}

static void read_one(struct qmail *qmail, struct qmail_hosts *hosts, const char *file, bool compiled)
{
	struct buf text = BUF_INIT(CONFIG_TABLE_MOST);
	struct err err = ERR_INIT;
	time_t modified;

	hosts->file = file;
	if (!config_files_has(&qmail->files, file, &modified))
		return;
	if (config_files_read(&qmail->files, file, &text, &modified, &err) != 0) {
		struct fact *fact = config_add_fact(qmail->config, FACT_NOT_EVALUATED, file);

		hosts->there = true;
		fact->title = "a control file is not read";
		fact->says = config_text(qmail->config, "%s", err.text);
		fact->fix = "run this as root, or mend the file";
	} else if (compiled) {
		take_cdb(qmail, hosts, file, text.data, text.len);
	} else {
		qmail_hosts_take(qmail, hosts, file, text.data, text.len);
	}
	buf_release(&text);
}

static void tell(struct qmail *qmail, enum fact_kind kind, const char *source, const char *title, const char *says, const char *fix)
{
	struct fact *fact = config_add_fact(qmail->config, kind, source);

	fact->title = title;
	fact->says = says;
	fact->fix = fix;
}

void qmail_control_read(struct qmail *qmail)
{
	time_t modified;

	read_one(qmail, &qmail->hosts, CONTROL "rcpthosts", false);
	read_one(qmail, &qmail->more, CONTROL "morercpthosts.cdb", true);
	read_one(qmail, &qmail->percent, CONTROL "percenthack", false);
	if (!config_files_has(&qmail->files, CONTROL "me", &modified) && !config_files_has(&qmail->files, CONTROL "smtpgreeting", &modified)) {
		qmail->fault = "neither control/me nor control/smtpgreeting is there, and qmail-smtpd answers 421 to all";
		qmail->fault_place = CONTROL "me";
		tell(qmail, FACT_REFUSES_SERVICE, CONTROL "me", "qmail-smtpd serves nobody", qmail->fault, "write the server's name into control/me");
	}
	if (!qmail->hosts.there && qmail->more.there)
		tell(qmail, FACT_DEAD, CONTROL "morercpthosts.cdb", "morercpthosts without rcpthosts", "without rcpthosts qmail-smtpd takes all, and reads no more",
		     "write rcpthosts");
	if (config_files_has(&qmail->files, CONTROL "morercpthosts", &modified) && !qmail->more.there)
		tell(qmail, FACT_DEAD, CONTROL "morercpthosts", "morercpthosts is not compiled", "qmail-smtpd reads morercpthosts.cdb, and there is none",
		     "run qmail-newmrh");
}

static const struct qmail_host *find(const struct qmail_hosts *hosts, const char *name, size_t len)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (hosts->rows[i].len == len && memcmp(hosts->rows[i].name, name, len) == 0)
			return &hosts->rows[i];
	return NULL;
}

/* The domain as a whole, then what it ends in from each dot on. */
static const struct qmail_host *find_above(const struct qmail_hosts *hosts, const char *domain)
{
	const struct qmail_host *found = NULL;

	for (const char *at = domain; *at != '\0' && found == NULL; at++)
		if (at == domain || *at == '.')
			found = find(hosts, at, strlen(at));
	return found;
}

bool qmail_takes(struct qmail *qmail, const char *domain, const char **place)
{
	const struct qmail_host *found;

	*place = qmail->hosts.file;
	if (!qmail->hosts.there)
		return !qmail->only_rules;
	found = find_above(&qmail->hosts, domain);
	if (found != NULL)
		*place = config_place(qmail->config, qmail->hosts.file, found->line);
	else if ((found = find_above(&qmail->more, domain)) != NULL)
		*place = qmail->more.file;
	return found != NULL;
}
