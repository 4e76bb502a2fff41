/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proof_source.c - where proof is looked for: the table of kinds
 */
#include "remote/proof_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"

static const struct proof_kind *const kinds[] = { &proof_listen, &proof_file, &proof_agent, &proof_imaps, &proof_imap, NULL };

struct proof_source {
	const struct proof_kind *kind;
	void *source;
};

const struct proof_kind *const *proof_source_kinds(void)
{
	return kinds;
}

static void complain(const char *text, const char *scheme, struct err *err)
{
	struct nearest nearest = NEAREST_INIT(scheme);
	struct buf usages = BUF_INIT(256);

	for (size_t i = 0; kinds[i] != NULL; i++) {
		buf_printf(&usages, "%s%s", i == 0 ? "" : ", ", kinds[i]->usage);
		nearest_offer(&nearest, kinds[i]->scheme);
	}
	err_set(err, ERR_USAGE, "'%.80s' is no place where proof is looked for%s%s%s; there are %s", text,
		nearest.best ? "; was '" : "", nearest.best ? nearest.best : "", nearest.best ? ":' meant?" : "", usages.data);
	buf_release(&usages);
}

/* The kind, and what stands behind the colon. */
static const struct proof_kind *find(const char *text, const char **rest, struct err *err)
{
	char scheme[32];
	size_t len = strcspn(text, ":");

	snprintf(scheme, sizeof scheme, "%.*s", (int)(len < sizeof scheme ? len : sizeof scheme - 1), text);
	for (size_t i = 0; kinds[i] != NULL; i++) {
		if (text[len] == ':' && strcmp(kinds[i]->scheme, scheme) == 0) {
			*rest = text + len + 1;
			return kinds[i];
		}
	}
	complain(text, scheme, err);
	return NULL;
}

const struct proof_kind *proof_source_check(const char *text, struct err *err)
{
	const char *rest;
	const struct proof_kind *kind = find(text, &rest, err);

	return kind != NULL && kind->check(rest, err) == 0 ? kind : NULL;
}

struct proof_source *proof_source_open(const char *text, const struct proof_settings *settings, struct err *err)
{
	const char *rest;
	const struct proof_kind *kind = find(text, &rest, err);
	struct proof_source *made;
	void *source;

	source = kind != NULL && kind->check(rest, err) == 0 ? kind->open(rest, settings, err) : NULL;
	if (source == NULL)
		return NULL;
	made = mem_new(sizeof *made);
	*made = (struct proof_source){ kind, source };
	return made;
}

void proof_source_close(struct proof_source *source)
{
	if (source == NULL)
		return;
	source->kind->close(source->source);
	free(source);
}
