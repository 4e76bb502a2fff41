/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_master.c - services, and "-o name=value"
 */
#include "mta/postfix_master.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/postfix.h"

enum {
	/* Name, type, private, unprivileged, chroot, wakeup, most processes, command. */
	FIELDS = 8,
	/* Nobody runs more smtpds than this, and each has a view of its own. */
	SERVICES_MOST = 64
};

static const char blanks[] = " \t\r\n\v\f";

static void tell_bad_argument(struct postfix *postfix, struct postfix_service *service, const char *place, const char *word, size_t len)
{
	struct fact *fact = config_add_fact(postfix->config, FACT_SYNTAX, place);

	fact->title = "an option of a service is not NAME=VALUE";
	fact->text = config_shown(postfix->config, word, len);
	fact->says = "the service does not start with it";
	fact->fix = "write -o NAME=VALUE without blanks around the '=', or -o { NAME = VALUE }";
	service->fault = fact->says;
	service->fault_place = place;
}

/* The argument of -o: "name=value", or what stands in braces, with blanks. */
static void take_override(struct postfix *postfix, struct postfix_service *service, const char *word, size_t len, const char *file,
			  unsigned line)
{
	bool braced = len > 1 && word[0] == '{' && word[len - 1] == '}';
	char *text = braced ? mem_bytes(word + 1, len - 2) : mem_bytes(word, len), *name = text + (braced ? strspn(text, blanks) : 0);
	char *equals = strchr(name, '='), *end, *value;

	for (end = equals; braced && equals != NULL && end > name && strchr(blanks, end[-1]) != NULL; end--)
		;
	if (equals == NULL || end == name) {
		tell_bad_argument(postfix, service, config_place(postfix->config, file, line), word, len);
		free(text);
		return;
	}
	*end = '\0';
	value = equals + 1;
	if (braced) {
		value += strspn(value, blanks);
		for (end = value + strlen(value); end > value && strchr(blanks, end[-1]) != NULL; end--)
			end[-1] = '\0';
	}
	postfix_settings_put(&service->over, pool_text(postfix->config->pool, name), pool_text(postfix->config->pool, value), file, line);
	free(text);
}

static void take_arguments(struct postfix *postfix, struct postfix_service *service, const char *at, const char *file, unsigned line)
{
	const char *counted = at, *word;
	size_t len;

	while ((word = postfix_word(&at, blanks, &len)) != NULL) {
		if (len < 2 || word[0] != '-' || word[1] != 'o')
			continue;
		if (len > 2) {
			word += 2;
			len -= 2;
		} else {
			word = postfix_word(&at, blanks, &len);
		}
		if (word == NULL)
			break;
		for (; counted < word; counted++)
			line += *counted == '\n';
		take_override(postfix, service, word, len, file, line);
	}
}

static bool is_word(const char *word, size_t len, const char *text)
{
	return strlen(text) == len && strncmp(word, text, len) == 0;
}

/* Port 25 under each of its names, on any address. */
static bool is_outside(const char *name)
{
	const char *colon = strrchr(name, ':');

	return strcmp(colon != NULL ? colon + 1 : name, "smtp") == 0 || strcmp(colon != NULL ? colon + 1 : name, "25") == 0;
}

static bool is_loopback(const char *name)
{
	return strncmp(name, "127.", 4) == 0 || strncmp(name, "[::1]", 5) == 0 || strncmp(name, "localhost:", 10) == 0;
}

/* Port 25 first; else the smtpd behind a postscreen, which has port 25. */
static unsigned rank(const struct postfix_service *service)
{
	return service->inet && is_outside(service->name) && !is_loopback(service->name) ? 0 : !service->inet ? 1 : is_outside(service->name) ? 2 : 3;
}

static int take_entry(struct postfix *postfix, const char *text, const char *file, unsigned line, struct err *err)
{
	const char *at = text, *fields[FIELDS];
	size_t lens[FIELDS], count = 0;
	struct postfix_service *service;

	while (count < FIELDS && (fields[count] = postfix_word(&at, blanks, &lens[count])) != NULL)
		count++;
	if (count < FIELDS || !is_word(fields[7], lens[7], "smtpd"))
		return 0;
	if (postfix->service_count >= SERVICES_MOST)
		return err_set(err, ERR_LIMIT, "%s has more than %d smtpd services", file, SERVICES_MOST);
	service = mem_new(sizeof *service);
	service->name = config_shown(postfix->config, fields[0], lens[0]);
	service->place = config_place(postfix->config, file, line);
	service->inet = is_word(fields[1], lens[1], "inet");
	postfix_settings_init(&service->over, &postfix->main);
	for (const char *newline = text; newline < at; newline++)
		line += *newline == '\n';
	take_arguments(postfix, service, at, file, line);
	MEM_ROOM(postfix->services, postfix->service_count, postfix->service_capacity);
	postfix->services[postfix->service_count++] = service;
	for (size_t i = postfix->service_count - 1; i > 0 && rank(postfix->services[i]) < rank(postfix->services[i - 1]); i--) {
		struct postfix_service *other = postfix->services[i - 1];

		postfix->services[i - 1] = postfix->services[i];
		postfix->services[i] = other;
	}
	return 0;
}

/* Logical lines as in main.cf. */
int postfix_master_parse(struct postfix *postfix, const char *file, const char *bytes, size_t len, struct err *err)
{
	struct buf text = BUF_INIT(len + 1);
	unsigned number = 0, first = 0, ends = 0;
	int result = 0;

	for (size_t at = 0; at < len && result == 0;) {
		const char *line = bytes + at, *end = memchr(line, '\n', len - at);
		size_t size = end != NULL ? (size_t)(end - line) : len - at, skipped = 0;

		number++;
		at += size + 1;
		while (skipped < size && isspace((unsigned char)line[skipped]))
			skipped++;
		if (skipped == size || line[skipped] == '#') {
			ends++;
			continue;
		}
		if (skipped == 0) {
			result = take_entry(postfix, text.data, file, first, err);
			buf_reset(&text);
			first = number;
		}
		for (; skipped != 0 && ends != 0; ends--)
			buf_char(&text, '\n');
		buf_add(&text, line, size);
		buf_char(&text, '\n');
		ends = 0;
	}
	if (result == 0)
		result = take_entry(postfix, text.data, file, first, err);
	buf_release(&text);
	return result;
}

void postfix_master_assume(struct postfix *postfix)
{
	struct postfix_service *service = mem_new(sizeof *service);

	service->name = "smtp";
	service->place = "master.cf";
	service->inet = true;
	postfix_settings_init(&service->over, &postfix->main);
	MEM_ROOM(postfix->services, postfix->service_count, postfix->service_capacity);
	postfix->services[postfix->service_count++] = service;
}
