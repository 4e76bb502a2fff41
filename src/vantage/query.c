/* SPDX-License-Identifier: Apache-2.0 */
/*
 * query.c - parameters of vantages
 */
#include "vantage/query.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"
#include "vantage/vantage.h"
#include "vantage/vantage_kind.h"

static const struct name_row expects[] = { { "deny", EXPECT_DENY }, { "relay", EXPECT_RELAY }, { NULL, 0 } };

const char *expect_name(enum expect expect)
{
	return name_of(expects, (int)expect);
}

static int read_expect(const char *value, struct vantage *vantage, struct err *err)
{
	int number = name_number(expects, value);

	if (number < 0)
		return err_set(err, ERR_USAGE, "a vantage is expected to 'deny' or to 'relay', not to '%.40s'", value);
	vantage->expect = (enum expect)number;
	return 0;
}

int origin_parse(const char *text, struct origin *origin, struct err *err)
{
	struct origin made = { .interface = "" };
	struct err not_address = ERR_INIT;

	if (address_parse(text, &made.address, &not_address) != 0) {
		if (text[0] == '\0' || strlen(text) >= sizeof made.interface || if_nametoindex(text) == 0)
			return err_set(err, ERR_USAGE, "'%.80s' is neither an IP address nor a network interface of this machine", text);
		memcpy(made.interface, text, strlen(text));
	}
	if (origin_check(&made, err) != 0)
		return -1;
	*origin = made;
	return 0;
}

static int read_bind(const char *value, struct vantage *vantage, struct err *err)
{
	return origin_parse(value, &vantage->origin, err);
}

int client_parse(const char *text, struct vantage *vantage, struct err *err)
{
	struct address address;
	struct err not_address = ERR_INIT;

	if (address_parse(text, &address, &not_address) != 0)
		return err_set(err, ERR_USAGE, "'%.80s' is not the IP address of a client", text);
	address_unmap(&address);
	address.scope = 0;
	vantage->client = address;
	return 0;
}

static int read_client(const char *value, struct vantage *vantage, struct err *err)
{
	return client_parse(value, vantage, err);
}

static int read_ports(const char *value, struct vantage *vantage, struct err *err)
{
	char *list = mem_text(value), *rest = list, *word;
	int result = 0;

	while (result == 0 && (word = strsep(&rest, ",")) != NULL) {
		if (vantage->port_count == VANTAGE_PORTS_MOST)
			result = err_set(err, ERR_USAGE, "more than %d ports of one vantage are too many", VANTAGE_PORTS_MOST);
		else if ((result = port_parse(word, &vantage->ports[vantage->port_count], err)) == 0)
			vantage->port_count++;
	}
	free(list);
	return result;
}

static int read_tls(const char *value, struct vantage *vantage, struct err *err)
{
	struct port port;
	char *text = mem_printf("25/%s", value);
	int result = port_parse(text, &port, err);

	free(text);
	if (result == 0) {
		vantage->has_tls = true;
		vantage->tls = port.mode;
	}
	return result;
}

static int read_file(const char *value, char **file, struct err *err)
{
	if (value[0] == '\0')
		return err_set(err, ERR_USAGE, "a file of a vantage has no name");
	*file = mem_text(value);
	return 0;
}

static int read_ca(const char *value, struct vantage *vantage, struct err *err)
{
	return read_file(value, &vantage->files.ca, err);
}

static int read_certificate(const char *value, struct vantage *vantage, struct err *err)
{
	return read_file(value, &vantage->files.certificate, err);
}

static int read_key(const char *value, struct vantage *vantage, struct err *err)
{
	return read_file(value, &vantage->files.key, err);
}

struct parameter {
	const char *name;
	unsigned kinds;         /* PARAMETER_... that a kind must take; 0: all do */
	int (*read)(const char *value, struct vantage *vantage, struct err *err);
};

static const struct parameter parameters[] = {
	{ "expect", 0, read_expect },
	{ "port", 0, read_ports },
	{ "tls", 0, read_tls },
	{ "bind", PARAMETER_BIND, read_bind },
	{ "client", PARAMETER_CLIENT, read_client },
	{ "ca", PARAMETER_FILES, read_ca },
	{ "certificate", PARAMETER_FILES, read_certificate },
	{ "key", PARAMETER_FILES, read_key },
};

enum { PARAMETERS = sizeof parameters / sizeof *parameters };

/* "word=value&word=value", without blanks. */
static bool looks_like_parameters(const char *text)
{
	while (*text != '\0') {
		size_t word = strspn(text, "abcdefghijklmnopqrstuvwxyz-");

		if (word == 0 || text[word] != '=')
			return false;
		text += word;
		text += strcspn(text, "& '\"");
		if (*text != '\0' && *text++ != '&')
			return false;
	}
	return true;
}

char *query_cut(const struct vantage_kind *kind, char *uri)
{
	char *query = kind->blanks ? strrchr(uri, '?') : strchr(uri, '?');

	if (query == NULL || (kind->blanks && !looks_like_parameters(query + 1)))
		return NULL;
	*query = '\0';
	return query + 1;
}

static const struct parameter *find(const struct vantage_kind *kind, const char *word, struct err *err)
{
	struct nearest nearest = NEAREST_INIT(word);

	for (size_t i = 0; i < PARAMETERS; i++) {
		bool taken = (parameters[i].kinds & kind->takes) == parameters[i].kinds;

		if (strcmp(parameters[i].name, word) == 0 && taken)
			return &parameters[i];
		if (strcmp(parameters[i].name, word) == 0) {
			err_set(err, ERR_USAGE, "'%s=' says nothing to a vantage of kind '%s'", word, kind->scheme);
			return NULL;
		}
		if (taken)
			nearest_offer(&nearest, parameters[i].name);
	}
	if (nearest.best != NULL)
		err_set(err, ERR_USAGE, "a vantage has no '%.40s='; was '%s=' meant?", word, nearest.best);
	else
		err_set(err, ERR_USAGE, "a vantage has no '%.40s=': behind the '?' stand expect=, port= or tls=%s%s", word,
			kind->takes & PARAMETER_BIND ? ", or bind=" : "", kind->takes & PARAMETER_CLIENT ? ", or client=" : kind->takes & PARAMETER_FILES ? ", or ca=, certificate=, key=" : "");
	return NULL;
}

int query_read(const struct vantage_kind *kind, const char *query, struct vantage *vantage, struct err *err)
{
	char *copy = mem_text(query), *rest = copy, *word;
	unsigned seen = 0;
	int result = 0;

	while (result == 0 && (word = strsep(&rest, "&")) != NULL) {
		char *value = word + strcspn(word, "=");
		const struct parameter *parameter;

		if (*value != '\0')
			*value++ = '\0';
		parameter = find(kind, word, err);
		if (parameter == NULL)
			result = -1;
		else if ((seen & 1u << (parameter - parameters)) != 0)
			result = err_set(err, ERR_USAGE, "'%s=' is said twice of one vantage", word);
		else
			result = parameter->read(value, vantage, err);
		if (parameter != NULL)
			seen |= 1u << (parameter - parameters);
	}
	free(copy);
	return result;
}
