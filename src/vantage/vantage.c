/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vantage.c - the table of kinds, and URI to vantage
 */
#include "vantage/vantage.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"
#include "vantage/vantage_kind.h"

static const struct vantage_kind *const vantage_kinds[] = { &vantage_local, &vantage_bind, NULL };

static const struct name_row expects[] = { { "deny", EXPECT_DENY }, { "relay", EXPECT_RELAY }, { NULL, 0 } };

const char *expect_name(enum expect expect)
{
	return name_of(expects, (int)expect);
}

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
	err_set(err, ERR_USAGE, "there is no vantage of kind '%.40s'%s%s%s", scheme, nearest.best ? "; was '" : "; write local, or bind:",
		nearest.best ? nearest.best : "ADDRESS", nearest.best ? "' meant?" : "");
	return NULL;
}

/* Cuts "?expect=..." off the URI. */
static int read_expect(char *uri, enum expect *expect, struct err *err)
{
	char *query = strchr(uri, '?');
	int number;

	*expect = EXPECT_DENY;
	if (query == NULL)
		return 0;
	*query++ = '\0';
	if (strncmp(query, "expect=", 7) != 0)
		return err_set(err, ERR_USAGE, "'?%.80s' is not known behind a vantage: only ?expect=deny or ?expect=relay", query);
	number = name_number(expects, query + 7);
	if (number < 0)
		return err_set(err, ERR_USAGE, "a vantage is expected to 'deny' or to 'relay', not to '%.40s'", query + 7);
	*expect = (enum expect)number;
	return 0;
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
	for (const char *byte = text; *byte != '\0'; byte++)
		if (*byte <= ' ' || *byte > '~')
			return err_set(err, ERR_USAGE, "a vantage is written in printable ASCII without white space: [NAME=]URI");
	if (uri != text && name_len == 0)
		return err_set(err, ERR_USAGE, "the vantage '%.80s' has an empty name before its '='", text);
	return 0;
}

struct vantage *vantage_parse(const char *text, struct err *err)
{
	struct vantage *vantage = mem_new(sizeof *vantage);
	size_t name_len;
	const char *uri = skip_name(text, &name_len);
	char *scheme = NULL, *colon;

	if (check_text(text, uri, name_len, err) != 0) {
		free(vantage);
		return NULL;
	}

	vantage->via = mem_text(uri);
	if (read_expect(vantage->via, &vantage->expect, err) != 0)
		goto fail;
	scheme = mem_text(vantage->via);
	colon = strchr(scheme, ':');
	if (colon != NULL)
		*colon = '\0';
	vantage->kind = find_kind(scheme, err);
	if (vantage->kind == NULL || vantage->kind->parse(colon ? colon + 1 : "", &vantage->origin, err) != 0)
		goto fail;
	vantage->name = name_len != 0 ? mem_bytes(text, name_len) : mem_text(vantage->via);
	free(scheme);
	return vantage;
fail:
	free(scheme);
	vantage_free(vantage);
	return NULL;
}

void vantage_free(struct vantage *vantage)
{
	if (vantage == NULL)
		return;
	free(vantage->name);
	free(vantage->via);
	free(vantage->helo);
	free(vantage);
}

bool vantage_has_family(const struct vantage *vantage, int family)
{
	return vantage->origin.address.family == 0 || vantage->origin.address.family == family;
}
