/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vantage.c - the table of kinds, and URI to vantage
 */
#include "vantage/vantage.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"
#include "vantage/query.h"
#include "vantage/vantage_kind.h"

static const struct vantage_kind *const vantage_kinds[] = {
	&vantage_local,	  &vantage_bind,    &vantage_exec,    &vantage_ssh,     &vantage_socks5h, &vantage_socks5, &vantage_http,
	&vantage_xclient, &vantage_proxyv1, &vantage_proxyv2, &vantage_agent,   NULL,
};

const struct vantage_kind *vantage_kind_at(size_t index)
{
	return index < sizeof vantage_kinds / sizeof *vantage_kinds ? vantage_kinds[index] : NULL;
}

static const struct vantage_kind *find_kind(const char *scheme, struct err *err)
{
	struct nearest nearest = NEAREST_INIT(scheme);

	for (size_t i = 0; vantage_kinds[i] != NULL; i++) {
		if (strcmp(vantage_kinds[i]->scheme, scheme) == 0)
			return vantage_kinds[i];
		nearest_offer(&nearest, vantage_kinds[i]->scheme);
	}
	err_set(err, ERR_USAGE, "there is no vantage of kind '%.40s'%s%s%s", scheme, nearest.best ? "; was '" : "; write local, bind:ADDRESS, ssh:HOST, ",
		nearest.best ? nearest.best : "exec:COMMAND, xclient:ADDRESS", nearest.best ? "' meant?" : "");
	return NULL;
}

/* "name=" before the URI, where the sign stands before any colon. */
static const char *skip_name(const char *text, size_t *name_len)
{
	size_t len = strcspn(text, "=:?");

	*name_len = text[len] == '=' ? len : 0;
	return text[len] == '=' ? text + len + 1 : text;
}

/* A name stands in every line of the report: nothing that a terminal would act on. */
static int check_text(const char *text, const char *uri, size_t name_len, struct err *err)
{
	const struct vantage_kind *kind = NULL;

	for (size_t i = 0; vantage_kinds[i] != NULL; i++) {
		size_t len = strlen(vantage_kinds[i]->scheme);

		if (strncmp(uri, vantage_kinds[i]->scheme, len) == 0 && uri[len] == ':')
			kind = vantage_kinds[i];
	}
	for (const char *byte = text; *byte != '\0'; byte++)
		if (*byte < ' ' || *byte > '~' || (*byte == ' ' && (byte < uri || kind == NULL || !kind->blanks)))
			return err_set(err, ERR_USAGE, "a vantage is written in printable ASCII without white space: [NAME=]URI");
	if (uri != text && name_len == 0)
		return err_set(err, ERR_USAGE, "a vantage has an empty name before its '='");
	return 0;
}

/* What is told elsewhere; and where our own files lie is nobody's business. */
static bool is_untold(const char *word)
{
	static const char *const names[] = { "expect=", "ca=", "certificate=", "key=" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strncmp(word, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* What was said of the vantage, without that. */
static char *shown(const char *uri, const char *query)
{
	struct buf text = BUF_OWN;
	char *copy = mem_text(query ? query : ""), *rest = copy, *word;
	bool first = true;

	buf_text(&text, uri);
	while ((word = strsep(&rest, "&")) != NULL) {
		if (word[0] == '\0' || is_untold(word))
			continue;
		buf_printf(&text, "%c%s", first ? '?' : '&', word);
		first = false;
	}
	free(copy);
	return buf_detach(&text);
}

/* `uri` is cut in pieces. */
static int read_uri(char *uri, struct vantage *vantage, struct err *err)
{
	char *colon = strchr(uri, ':'), *scheme, *query;

	scheme = mem_bytes(uri, strcspn(uri, ":?"));
	vantage->kind = find_kind(scheme, err);
	free(scheme);
	if (vantage->kind == NULL)
		return -1;
	if (vantage->any_client && vantage->kind->assume == NULL)
		return err_set(err, ERR_USAGE, "a vantage of kind '%s' is one client: any client are xclient, proxyv1, proxyv2 and "
			       "'exec:COMMAND' with a {client}", vantage->kind->scheme);
	query = query_cut(vantage->kind, uri);
	vantage->via = shown(uri, query);
	if (query != NULL && query[0] == '\0' && !vantage->kind->blanks)
		return err_set(err, ERR_USAGE, "nothing stands behind the '?' of the vantage");
	if (query != NULL && query[0] != '\0' && query_read(vantage->kind, query, vantage, err) != 0)
		return -1;
	return vantage->kind->parse(colon && colon < uri + strlen(uri) ? colon + 1 : "", vantage, err);
}

static struct vantage *parse(const char *text, bool any_client, struct err *err)
{
	struct vantage *vantage = mem_new(sizeof *vantage);
	size_t name_len;
	const char *uri = skip_name(text, &name_len);
	char *copy = mem_text(uri);

	vantage->any_client = any_client;
	if (check_text(text, uri, name_len, err) != 0 || read_uri(copy, vantage, err) != 0) {
		vantage_free(vantage);
		vantage = NULL;
	} else {
		vantage->name = name_len != 0 ? mem_bytes(text, name_len) : mem_text(vantage->via);
	}
	free(copy);
	return vantage;
}

struct vantage *vantage_parse(const char *text, struct err *err)
{
	return parse(text, false, err);
}

struct vantage *vantage_parse_any(const char *text, struct err *err)
{
	return parse(text, true, err);
}

void vantage_assume(struct vantage *vantage, const struct address *client)
{
	vantage->client = *client;
	vantage->kind->assume(vantage);
}

void vantage_free(struct vantage *vantage)
{
	if (vantage == NULL)
		return;
	if (vantage->kind != NULL && vantage->kind->release != NULL)
		vantage->kind->release(vantage);
	free(vantage->name);
	free(vantage->via);
	free(vantage->client_name);
	free(vantage->helo);
	free(vantage->files.ca);
	free(vantage->files.certificate);
	free(vantage->files.key);
	free(vantage);
}

bool vantage_has_family(const struct vantage *vantage, int family)
{
	return vantage->origin.address.family == 0 || vantage->origin.address.family == family;
}

bool vantage_has_port(const struct vantage *vantage, unsigned short number, enum tls_mode mode)
{
	for (size_t i = 0; i < vantage->port_count; i++)
		if (vantage->ports[i].number == number && vantage->ports[i].mode == mode)
			return true;
	return false;
}

enum tls_mode vantage_mode(const struct vantage *vantage, enum tls_mode mode)
{
	return vantage->has_tls ? vantage->tls : mode;
}

const struct address *vantage_address(const struct vantage *vantage)
{
	if (vantage->client.family != 0)
		return &vantage->client;
	return vantage->origin.address.family != 0 ? &vantage->origin.address : NULL;
}

void vantage_prepare(const struct vantage *vantage, struct session_settings *settings)
{
	settings->from = vantage->origin;
	settings->name = vantage->helo;
	if (vantage->kind->prepare != NULL)
		vantage->kind->prepare(vantage, settings);
}

bool vantage_is_remote(const struct vantage *vantage)
{
	return vantage->kind->post != NULL;
}

struct http_transfer *vantage_post(const struct vantage *vantage, struct event_base *base, const struct vantage_post *post,
				   const struct http_events *events, void *context, struct err *err)
{
	return vantage->kind->post(vantage, base, post, events, context, err);
}
