/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qmail_config.c - qmail's configuration: which files, and what belongs to what
 *
 * Whether qmail-smtpd relays is not its own decision but that of whoever sets RELAYCLIENT
 * for it: tcpserver by its rules, the script that starts it, an envdir.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/qmail.h"

#define CONTROL "/var/qmail/control/"

static bool has(const struct config_files *files, const char *path)
{
	time_t modified;

	return config_files_has(files, path, &modified);
}

static bool is_here(const struct config_files *files)
{
	return has(files, CONTROL "me") || has(files, CONTROL "rcpthosts") || has(files, "/var/qmail/bin/qmail-smtpd");
}

static bool read_file(struct qmail *qmail, const char *path, struct buf *text, struct err *err)
{
	time_t modified;

	return config_files_read(&qmail->files, path, text, &modified, err) == 0;
}

/* Which of the two that exclude each other dpkg knows. */
static void find_six(struct qmail *qmail)
{
	static const char package[] = "\nPackage: ucspi-tcp-ipv6\nStatus: install ok installed\n";
	struct buf text = BUF_INIT(CONFIG_TABLE_MOST);
	struct err err = ERR_INIT;
	size_t left = qmail->files.left;

	if (has(&qmail->files, "/var/lib/dpkg/status") && read_file(qmail, "/var/lib/dpkg/status", &text, &err))
		qmail->six = strstr(text.data, package) != NULL;
	qmail->files.left = left;
	buf_release(&text);
}

static void find_script(struct qmail *qmail, const char *path, struct pool *seen)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);
	struct err err = ERR_INIT;
	void **beside;

	if (!has(&qmail->files, path))
		return;
	if (!read_file(qmail, path, &text, &err)) {
		struct fact *fact = config_add_fact(qmail->config, FACT_NOT_EVALUATED, pool_text(qmail->config->pool, path));

		fact->title = "a script is not read";
		fact->says = config_text(qmail->config, "%s", err.text);
		fact->fix = "run this as root";
	} else {
		/* The directory in /service is a link to the other. */
		beside = pool_beside(seen, text.data, text.len);
		if (beside == NULL) {
			pool_bytes(seen, text.data, text.len);
			qmail_script_read(qmail, path, text.data, text.len);
		}
	}
	buf_release(&text);
}

static void find_scripts(struct qmail *qmail)
{
	static const char *const places[] = { "/service", "/etc/service", "/var/service", "/var/qmail/supervise", "/etc/qmail/supervise", "/etc/sv" };
	static const char *const names[] = { "qmail-smtpd", "smtpd", "qmail-smtp", "smtp", "qmail-smtpsd", "smtpsd", "smtps", "qmail-submission", "submission", "qmail" };
	static const char *const others[] = { "/etc/qmail/qmail-smtpd", "/etc/qmail/run", "/etc/init.d/qmail-smtpd", "/etc/init.d/qmail", "/etc/rc.d/init.d/qmail",
					      "/usr/local/etc/rc.d/qmail-smtpd", "/var/qmail/rc", "/etc/rc.local" };
	struct pool *seen = pool_new();

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			char *path = mem_printf("%s/%s/run", places[i], names[k]);

			find_script(qmail, path, seen);
			free(path);
		}
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		find_script(qmail, others[i], seen);
	pool_free(seen);
}

static bool ends_in(const char *path, const char *end)
{
	size_t len = strlen(path), behind = strlen(end);

	return len >= behind && strcmp(path + len - behind, end) == 0;
}

/* "/etc/tcp.smtp" of "/etc/tcp.smtp.cdb"; NULL where there is nothing to take away. */
static const char *text_of(struct qmail *qmail, const char *cdb)
{
	return ends_in(cdb, ".cdb") ? pool_bytes(qmail->config->pool, cdb, strlen(cdb) - 4) : NULL;
}

static bool same_rule(const struct qmail_rule *a, const struct qmail_rule *b)
{
	return a->data_len == b->data_len && memcmp(a->data, b->data, a->data_len) == 0;
}

/* Gives the compiled rules the lines of the text, and takes from the text what is not compiled. */
static void join(struct qmail *qmail, struct qmail_rules *rules, const struct qmail_rules *text)
{
	size_t compiled = rules->count;
	const char *why = text->bad_line != 0 ? "tcprules refuses the text, and the rules that were compiled before stay in force" :
						"the text was changed and not compiled since: tcprules has to be run";

	for (size_t i = 0; i < compiled; i++) {
		const struct qmail_rule *same = qmail_rules_find(text, rules->rows[i].key, rules->rows[i].key_len);

		if (same != NULL && same_rule(same, &rules->rows[i])) {
			rules->rows[i].line = same->line;
			rules->rows[i].written = same->written;
		} else {
			rules->stale++;
		}
	}
	for (size_t i = 0; i < text->count; i++) {
		const struct qmail_rule *from = &text->rows[i];
		const struct qmail_rule *same = qmail_rules_find(rules, from->key, from->key_len);
		struct qmail_rule *added;

		if (qmail_rules_find(text, from->key, from->key_len) != from || (same != NULL && same_rule(same, from)))
			continue;
		rules->stale++;
		/* Behind one of the same key it is never found; the others are kept apart below. */
		MEM_ROOM(rules->rows, rules->count, rules->capacity);
		added = &rules->rows[rules->count++];
		*added = *from;
		added->key = pool_bytes(qmail->config->pool, from->key, from->key_len);
		added->idle_because = why;
	}
}

static void read_compiled(struct qmail *qmail, struct qmail_rules *rules)
{
	struct buf bytes = BUF_INIT(CONFIG_TABLE_MOST);
	struct err err = ERR_INIT;

	if (read_file(qmail, rules->cdb, &bytes, &err)) {
		qmail_rules_cdb(qmail->config, rules, bytes.data, bytes.len);
	} else {
		rules->state = RULES_UNKNOWN;
		rules->why = config_text(qmail->config, "%s", err.text);
	}
	for (size_t i = 0; i < rules->count && !qmail->six; i++)
		qmail->six = memchr(rules->rows[i].key, ':', rules->rows[i].key_len) != NULL;
	buf_release(&bytes);
}

/* The text that was compiled, or would be. */
static void read_source(struct qmail *qmail, struct qmail_rules *rules, bool compiled)
{
	struct buf bytes = BUF_INIT(CONFIG_FILE_MOST);
	struct qmail_rules *text = mem_new(sizeof *text);
	struct err err = ERR_INIT;

	text->file = rules->file;
	if (!read_file(qmail, rules->file, &bytes, &err)) {
		struct fact *fact = config_add_fact(qmail->config, FACT_NOT_EVALUATED, rules->file);

		fact->title = "the text of the rules is not read";
		fact->says = config_text(qmail->config, "%s", err.text);
		fact->fix = "mend the file";
		rules->state = compiled ? rules->state : RULES_UNKNOWN;
		rules->why = fact->says;
	} else if (compiled) {
		qmail_rules_text(qmail->config, text, qmail->six, bytes.data, bytes.len);
		join(qmail, rules, text);
	} else {
		qmail_rules_text(qmail->config, rules, qmail->six, bytes.data, bytes.len);
	}
	qmail_rules_free(text);
	buf_release(&bytes);
}

/* The rules behind a FILE.cdb, each read once.  `text_only`: nothing is compiled, and the text is the one that is named. */
static struct qmail_rules *qmail_rules_at(struct qmail *qmail, const char *cdb, bool text_only)
{
	struct qmail_rules *rules;

	for (size_t i = 0; i < qmail->rules_count; i++)
		if (strcmp(qmail->rules[i]->cdb, cdb) == 0)
			return qmail->rules[i];
	rules = mem_new(sizeof *rules);
	rules->cdb = pool_text(qmail->config->pool, cdb);
	rules->file = text_only ? rules->cdb : text_of(qmail, cdb);
	MEM_ROOM(qmail->rules, qmail->rules_count, qmail->rules_capacity);
	qmail->rules[qmail->rules_count++] = rules;
	if (!text_only && has(&qmail->files, cdb)) {
		read_compiled(qmail, rules);
		if (rules->file != NULL && has(&qmail->files, rules->file))
			read_source(qmail, rules, true);
		rules->file = rules->file != NULL ? rules->file : rules->cdb;
		return rules;
	}
	if (rules->file != NULL && has(&qmail->files, rules->file))
		read_source(qmail, rules, false);
	rules->file = rules->file != NULL ? rules->file : rules->cdb;
	if (!text_only) {
		rules->state = RULES_MISSING;
		rules->why = config_text(qmail->config, "%.200s is not there", cdb);
		for (size_t i = 0; i < rules->count; i++)
			rules->rows[i].idle_because = "the rules are not compiled: tcprules has to be run";
	} else if (rules->bad_line != 0) {
		for (size_t i = 0; i < rules->count; i++)
			rules->rows[i].idle_because = "tcprules refuses this text";
		rules->state = RULES_UNKNOWN;
		rules->why = "tcprules refuses the text, and what was compiled before, which is not read here, stays in force";
	}
	return rules;
}

static struct qmail_service *add_service(struct qmail *qmail, const char *place)
{
	MEM_ROOM(qmail->services, qmail->service_count, qmail->service_capacity);
	qmail->services[qmail->service_count] =
		(struct qmail_service){ .name = "smtp", .place = place, .looks_up_name = true, .asks_ident = true, .before = RELAY_UNSET };
	return &qmail->services[qmail->service_count++];
}

/* Nothing says how it is started: the places where people have the rules. */
static void assume_service(struct qmail *qmail)
{
	static const char *const places[] = { "/etc/tcp.smtp", "/etc/qmail/tcp.smtp", "/etc/tcprules.d/tcp.smtp", CONTROL "tcp.smtp", "/var/qmail/tcp.smtp",
					      "/usr/local/vpopmail/etc/tcp.smtp" };
	struct qmail_service *service = add_service(qmail, CONTROL "rcpthosts");
	struct fact *fact;

	qmail->assumed = true;
	for (size_t i = 0; i < sizeof places / sizeof *places && service->rules == NULL; i++) {
		char *cdb = mem_printf("%s.cdb", places[i]);

		if (has(&qmail->files, cdb))
			service->rules = qmail_rules_at(qmail, cdb, false);
		else if (has(&qmail->files, places[i]))
			service->rules = qmail_rules_at(qmail, places[i], true);
		free(cdb);
	}
	if (service->rules != NULL)
		service->place = service->rules->cdb;
	fact = config_add_fact(qmail->config, FACT_NOT_EVALUATED, service->place);
	fact->title = "no script was found that starts qmail-smtpd";
	fact->says = service->rules != NULL ? "tcpserver is taken to use these rules, and to look names up" : "no rules are known, and RELAYCLIENT is taken to be set nowhere";
	fact->fix = "name the script as a file to read, with the rules";
}

/* Files by their names: scripts, rules as text and compiled, rcpthosts. */
static int read_named(struct qmail *qmail, const struct config_wish *wish, struct err *err)
{
	const char *rules = NULL;
	bool compiled = false;

	qmail->only_rules = true;
	for (size_t i = 0; i < wish->path_count; i++) {
		const char *path = pool_text(qmail->config->pool, wish->paths[i]);
		struct buf text = BUF_INIT(CONFIG_TABLE_MOST);

		if (!read_file(qmail, path, &text, err)) {
			buf_release(&text);
			return -1;
		}
		if (ends_in(path, "rcpthosts"))
			qmail_hosts_take(qmail, &qmail->hosts, path, text.data, text.len);
		else if (ends_in(path, "percenthack"))
			qmail_hosts_take(qmail, &qmail->percent, path, text.data, text.len);
		else if (ends_in(path, "run") || strncmp(text.data, "#!", 2) == 0)
			qmail_script_read(qmail, path, text.data, text.len);
		else {
			compiled = ends_in(path, ".cdb");
			rules = path;
		}
		qmail->files.left += text.len;
		buf_release(&text);
	}
	if (rules != NULL && qmail->service_count == 0)
		add_service(qmail, rules);
	if (qmail->service_count == 0)
		return err_set(err, ERR_USAGE, "these files do not tell who may relay: name the rules of tcpserver, or the script that starts it");
	for (size_t i = 0; rules != NULL && i < qmail->service_count; i++)
		qmail->services[i].rules = qmail_rules_at(qmail, rules, !compiled);
	return 0;
}

/* Port 25 first. */
static void put_first(struct qmail *qmail)
{
	for (size_t i = 1; i < qmail->service_count; i++) {
		struct qmail_service service = qmail->services[i];

		if (strcmp(service.name, "smtp") != 0 && strcmp(service.name, "25") != 0)
			continue;
		if (strcmp(qmail->services[0].name, "smtp") == 0 || strcmp(qmail->services[0].name, "25") == 0)
			return;
		qmail->services[i] = qmail->services[0];
		qmail->services[0] = service;
	}
}

static int read_config(struct config_files *files, const struct config_wish *wish, struct config *config, struct err *err)
{
	struct qmail *qmail = mem_new(sizeof *qmail);

	config->state = qmail;
	qmail->config = config;
	qmail->files = *files;
	if (wish->path_count != 0) {
		if (read_named(qmail, wish, err) != 0)
			return -1;
	} else {
		find_six(qmail);
		qmail_control_read(qmail);
		find_scripts(qmail);
		if (qmail->service_count == 0)
			assume_service(qmail);
	}
	put_first(qmail);
	for (size_t i = 0; i < qmail->service_count; i++) {
		struct qmail_service *service = &qmail->services[i];

		if (service->rules == NULL && service->cdb != NULL && !service->cdb_unknown)
			service->rules = qmail_rules_at(qmail, service->cdb, false);
	}
	qmail_grants(qmail);
	return 0;
}

static void ask(const struct config *config, const struct config_client *client, struct config_replies *replies)
{
	qmail_ask(config->state, client, replies);
}

static void release(void *state)
{
	struct qmail *qmail = state;

	for (size_t i = 0; i < qmail->rules_count; i++)
		qmail_rules_free(qmail->rules[i]);
	qmail_hosts_release(&qmail->hosts);
	qmail_hosts_release(&qmail->more);
	qmail_hosts_release(&qmail->percent);
	free(qmail->rules);
	free(qmail->services);
	free(qmail);
}

const struct config_kind config_qmail = {
	.mta = "qmail",
	.where = "/var/qmail/control",
	.is_here = is_here,
	.read = read_config,
	.ask = ask,
	.release = release,
};
