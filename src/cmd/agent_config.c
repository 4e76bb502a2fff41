/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent_config.c - the words of an agent's configuration, and what each of them means
 *
 * A file may be named by its place below $CREDENTIALS_DIRECTORY, where a service
 * manager puts secrets: "%d/NAME", as in a unit.
 */
#include "cmd/agent_config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/pool.h"
#include "base/text.h"
#include "cmd/binder.h"
#include "cmd/scan_check.h"
#include "net/listener.h"
#include "net/tls_gate.h"
#include "vantage/vantage.h"

static struct agent_config *config_of(const struct binder *binder)
{
	return binder->whole;
}

static int check_listen(const char *text, struct err *err)
{
	struct address where;

	return listener_parse(text, &where, err);
}

static void bind_listen(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	binder_list(binder, key, value, check_listen, &config_of(binder)->listen);
}

/* A path, with what "%d" stands for. */
static const char *path_of(struct binder *binder, const struct node *key, const struct node *value)
{
	const char *text = binder_text(binder, key, value), *directory = getenv("CREDENTIALS_DIRECTORY"), *kept;
	char *path;

	if (text == NULL || strncmp(text, "%d/", 3) != 0)
		return text;
	if (directory == NULL || directory[0] != '/') {
		binder_complain_of(binder, value, key, "has %d, and $CREDENTIALS_DIRECTORY is not set");
		return NULL;
	}
	path = mem_printf("%s%s", directory, text + 2);
	kept = pool_text(binder->tree->pool, path);
	free(path);
	return kept;
}

static void bind_ca(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	config_of(binder)->ca = path_of(binder, key, value);
}

static void bind_crl(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	config_of(binder)->crl = path_of(binder, key, value);
}

static void bind_certificate(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	config_of(binder)->certificate = path_of(binder, key, value);
}

static void bind_key(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	config_of(binder)->key = path_of(binder, key, value);
}

static void bind_state(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	config_of(binder)->state = path_of(binder, key, value);
}

/* As the vantage "bind:" takes it. */
static int check_bind(const char *text, struct err *err)
{
	char *uri = mem_printf("bind:%s", text);
	struct vantage *made = vantage_parse(uri, err);

	free(uri);
	if (made == NULL)
		return -1;
	vantage_free(made);
	return text[strcspn(text, "?&")] == '\0' ? 0 : err_set(err, ERR_SYNTAX, "'%.80s' is neither an address nor an interface", text);
}

static void bind_bind(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	config_of(binder)->bind = binder_checked(binder, key, value, check_bind);
}

static void bind_helo(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	config_of(binder)->helo = binder_checked(binder, key, value, scan_check_helo);
}

static void bind_messages(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	const char *text = binder_text(binder, key, value);

	(void)into;
	if (text != NULL && strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
		binder_complain_of(binder, value, key, "is yes or no");
	config_of(binder)->messages = text != NULL && strcmp(text, "yes") == 0;
}

/* clients */

static int check_client_name(const char *text, struct err *err)
{
	return strlen(text) < TLS_PEER_NAME ? 0 : err_set(err, ERR_SYNTAX, "no certificate has a name of more than %d characters", TLS_PEER_NAME - 1);
}

static int check_print(const char *text, struct err *err)
{
	if (strlen(text) == TLS_PEER_PRINT - 1 && strspn(text, "0123456789abcdef") == TLS_PEER_PRINT - 1)
		return 0;
	return err_set(err, ERR_SYNTAX, "a fingerprint is SHA-256 in 64 hexadecimal digits, in lower case and without colons");
}

static void bind_client_name(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	((struct agent_client *)into)->name = binder_checked(binder, key, value, check_client_name);
}

static void bind_client_print(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	((struct agent_client *)into)->print = binder_checked(binder, key, value, check_print);
}

static const struct binder_word client_words[] = { { "name", bind_client_name }, { "fingerprint", bind_client_print }, { NULL, NULL } };

static void bind_clients(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct agent_config *config = config_of(binder);

	(void)into;
	if (value->kind != NODE_LIST || value->first == NULL || value->count > AGENT_CLIENTS_MOST) {
		binder_complain_of(binder, value, key, "is a list of clients, each {name: NAME} or {fingerprint: DIGITS}");
		return;
	}
	for (const struct node *item = value->first; item != NULL; item = item->next) {
		struct agent_client *client;

		if (item->kind != NODE_MAP || item->count != 1) {
			binder_complain(binder, item, "a client is {name: NAME} or {fingerprint: DIGITS}");
			continue;
		}
		MEM_ROOM(config->clients, config->client_count, config->client_capacity);
		client = &config->clients[config->client_count++];
		*client = (struct agent_client){ .name = NULL };
		binder_map(binder, item, client_words, client);
	}
}

/* allow */

static void bind_allow_name(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	((struct agent_allow *)into)->name = binder_checked(binder, key, value, scan_check_host);
}

static void bind_prefix(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct agent_allow *entry = into;
	const char *text = binder_text(binder, key, value);
	struct err err = ERR_INIT;

	if (text != NULL && scan_read_network(text, &entry->network, &entry->bits, &err) != 0)
		binder_complain(binder, value, err.text);
}

static int check_port(const char *text, struct err *err)
{
	return text_number(text, 1, 65535) > 0 ? 0 : err_set(err, ERR_SYNTAX, "'%.40s' is not a port: 1 to 65535", text);
}

static void bind_ports(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct agent_allow *entry = into;
	struct option_list list = { .count = 0 };

	binder_list(binder, key, value, check_port, &list);
	if (list.count > TARGET_PORTS_MOST)
		binder_complain_of(binder, value, key, "holds too many: 32 ports are the most");
	for (size_t i = 0; i < list.count && i < TARGET_PORTS_MOST; i++)
		entry->ports[entry->port_count++] = (unsigned short)text_number(list.texts[i], 1, 65535);
	option_list_release(&list);
}

static const struct binder_word allow_words[] = { { "name", bind_allow_name }, { "prefix", bind_prefix }, { "ports", bind_ports }, { NULL, NULL } };

static void bind_entry(struct binder *binder, const struct node *item)
{
	static const unsigned short usual[] = { 25, 465, 587 };
	struct agent_config *config = config_of(binder);
	struct agent_allow *entry;

	MEM_ROOM(config->allow, config->allow_count, config->allow_capacity);
	entry = &config->allow[config->allow_count++];
	*entry = (struct agent_allow){ .name = NULL };
	binder_map(binder, item, allow_words, entry);
	if ((entry->name == NULL) == (entry->network.family == 0))
		binder_complain(binder, item, "what is allowed is {name: HOST, ports: [...]} or {prefix: NETWORK, ports: [...]}");
	if (entry->port_count != 0)
		return;
	entry->port_count = sizeof usual / sizeof *usual;
	memcpy(entry->ports, usual, sizeof usual);
}

static void bind_allow(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	if (value->kind != NODE_LIST || value->first == NULL || value->count > AGENT_ALLOW_MOST) {
		binder_complain_of(binder, value, key, "is a list of what is tested, each {name: HOST} or {prefix: NETWORK}, with ports: [...]");
		return;
	}
	for (const struct node *item = value->first; item != NULL; item = item->next) {
		if (item->kind == NODE_MAP)
			bind_entry(binder, item);
		else
			binder_complain(binder, item, "what is allowed is {name: HOST, ports: [...]} or {prefix: NETWORK, ports: [...]}");
	}
}

/* limits */

static const struct limit {
	const char *name;
	size_t offset;
	long most;
} limits[] = {
	{ "jobs", offsetof(struct agent_limits, jobs), 10000 },
	{ "jobs-per-client", offsetof(struct agent_limits, jobs_client), 10000 },
	{ "jobs-per-hour", offsetof(struct agent_limits, hourly), AGENT_HOURLY_MOST },
	{ "sessions", offsetof(struct agent_limits, sessions), 64 },
	{ "connections", offsetof(struct agent_limits, connections), 100000 },
	{ "connections-per-address", offsetof(struct agent_limits, connections_peer), 100000 },
	{ "attempts", offsetof(struct agent_limits, attempts), 1000000 },
	{ "result-mib", offsetof(struct agent_limits, result_mib), 1024 },
};

enum { LIMITS = sizeof limits / sizeof *limits };

static void bind_limit(struct binder *binder, const struct node *key, const struct limit *limit)
{
	const char *text = binder_text(binder, key, key->next);
	char *into = (char *)&config_of(binder)->limits + limit->offset, *sentence;
	long number = text ? text_number(text, 1, limit->most) : -1;
	unsigned value = (unsigned)number;

	if (number > 0) {
		memcpy(into, &value, sizeof value);
	} else if (text != NULL) {
		sentence = mem_printf("is a number from 1 to %ld", limit->most);
		binder_complain_of(binder, key->next, key, sentence);
		free(sentence);
	}
}

static void bind_limits(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	if (!binder_wants_map(binder, key, value, "is a map: what is limited, and a number"))
		return;
	for (const struct node *word = value->first; word != NULL; word = word->next->next) {
		struct nearest nearest = NEAREST_INIT(word->text);
		size_t i = 0;

		if (word->kind != NODE_TEXT)
			continue;
		for (; i < LIMITS && strcmp(limits[i].name, word->text) != 0; i++)
			nearest_offer(&nearest, limits[i].name);
		if (i < LIMITS)
			bind_limit(binder, word, &limits[i]);
		else
			binder_complain_of_word(binder, word, &nearest);
	}
}

/* sink */

static void bind_sink_listen(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	binder_list(binder, key, value, check_listen, &config_of(binder)->sink.listen);
}

static void bind_sink_domains(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	binder_list(binder, key, value, scan_check_domain, &config_of(binder)->sink.domains);
}

static void bind_sink_store(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	config_of(binder)->sink.store = path_of(binder, key, value);
}

static void bind_sink_key(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	config_of(binder)->sink.key = path_of(binder, key, value);
}

static int check_contact(const char *text, struct err *err)
{
	for (const char *byte = text; *byte != '\0'; byte++)
		if (*byte < ' ' || *byte > '~' || strlen(text) > 200)
			return err_set(err, ERR_SYNTAX, "whom to ask is told in replies: printable ASCII, and no more than 200 of it");
	return 0;
}

static void bind_sink_contact(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	config_of(binder)->sink.contact = binder_checked(binder, key, value, check_contact);
}

static const struct binder_word sink_words[] = {
	{ "listen", bind_sink_listen }, { "domains", bind_sink_domains }, { "store", bind_sink_store },
	{ "key", bind_sink_key },	{ "contact", bind_sink_contact }, { NULL, NULL },
};

static void bind_sink(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct agent_config *config = config_of(binder);

	if (!binder_wants_map(binder, key, value, "is a map of listen, domains, store, key and contact"))
		return;
	config->sink.wanted = true;
	binder_map(binder, value, sink_words, into);
	if (config->sink.listen.count == 0 || config->sink.domains.count == 0 || config->sink.store == NULL)
		binder_complain_of(binder, key, key, "needs listen, domains and store");
}

static const struct binder_word agent_words[] = {
	{ "listen", bind_listen }, { "ca", bind_ca },	    { "crl", bind_crl },	   { "certificate", bind_certificate },
	{ "key", bind_key },	   { "state", bind_state }, { "bind", bind_bind },	   { "helo", bind_helo },
	{ "clients", bind_clients }, { "allow", bind_allow }, { "limits", bind_limits }, { "messages", bind_messages },
	{ "sink", bind_sink },	   { NULL, NULL },
};

/* Where there is no mistake yet. */
static void check_whole(struct agent_config *config)
{
	const struct {
		const char *key;
		bool there;
	} needed[] = {
		{ "listen", config->listen.count != 0 },       { "ca", config->ca != NULL },   { "crl", config->crl != NULL },
		{ "certificate", config->certificate != NULL }, { "key", config->key != NULL }, { "state", config->state != NULL },
		{ "clients", config->client_count != 0 },      { "allow", config->allow_count != 0 },
	};

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!needed[i].there)
			complaints_add(&config->complaints, 1, 1, "an agent needs '%s', and it is not here", needed[i].key);
}

int agent_config_parse(struct agent_config *config, const char *path, const char *bytes, size_t len, struct err *err)
{
	struct binder binder = { .tree = &config->tree, .complaints = &config->complaints, .whole = config };

	config->limits = agent_usual_limits;
	complaints_init(&config->complaints, path);
	tree_read(&config->tree, bytes, len, &config->complaints);
	if (config->tree.root != NULL && config->tree.root->kind == NODE_MAP)
		binder_map(&binder, config->tree.root, agent_words, config);
	else if (config->complaints.count == 0)
		complaints_add(&config->complaints, 1, 1, "the file is a map: key: value");
	if (config->complaints.count == 0)
		check_whole(config);
	if (config->complaints.count == 0)
		return 0;
	return err_set(err, ERR_SYNTAX, "%s: %zu mistake%s", path, config->complaints.count, config->complaints.count == 1 ? "" : "s");
}

int agent_config_read(struct agent_config *config, const char *path, struct err *err)
{
	struct file_about about;

	*config = (struct agent_config){ .listen = { .count = 0 } };
	buf_init(&config->bytes, TREE_SIZE_MOST);
	if (file_read_about(path, &config->bytes, &about, err) != 0)
		return -1;
	if ((about.mode & (S_IWGRP | S_IWOTH)) != 0)
		return err_set(err, ERR_FORBIDDEN, "%s can be written by others than its owner, and says what may be tested from here: it is not read (chmod go-w)",
			       path);
	return agent_config_parse(config, path, config->bytes.data, config->bytes.len, err);
}

void agent_config_release(struct agent_config *config)
{
	option_list_release(&config->listen);
	option_list_release(&config->sink.listen);
	option_list_release(&config->sink.domains);
	free(config->clients);
	free(config->allow);
	if (config->tree.pool != NULL)
		tree_release(&config->tree);
	complaints_release(&config->complaints);
	buf_release(&config->bytes);
}

void agent_config_tell(const struct agent_config *config, FILE *to)
{
	for (size_t i = 0; i < config->complaints.count; i++)
		fprintf(to, "%s:%u:%u: %s\n", config->complaints.file, config->complaints.rows[i].line, config->complaints.rows[i].column,
			config->complaints.rows[i].text);
}
