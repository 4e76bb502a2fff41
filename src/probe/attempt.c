/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attempt.c - vocabularies of an attempt, and where an address leads
 *
 * route_of() reads an address as a right server would, since its answer decides
 * what an acceptance is worth: "a%b@local" is local, whatever some servers do
 * with it later.
 */
#include "probe/attempt.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char *const outcomes[OUTCOMES] = { "skipped", "rejected", "accepted", "deferred", "error" };
static const char *const proofs[PROOFS] = { NULL, "rcpt", "go-ahead", "data", "delivered", "bounced" };
static const char *const routes[ROUTES] = { "unknown", "victim", "local", "none", "below", "other" };

const char *outcome_name(enum outcome outcome)
{
	return outcomes[outcome];
}

const char *proof_name(enum proof proof)
{
	return proofs[proof];
}

const char *route_name(enum route route)
{
	return routes[route];
}

/* The path: between the first brackets where there are some, else up to the line end; only the first of several. */
static const char *path_of(const char *argument, size_t *len)
{
	const char *open = strchr(argument, '<'), *close = strchr(argument, '>');
	bool quoted = false;

	/* "a>,<b" is what is left of "<a>,<b>" without its outer brackets. */
	if (open != NULL && (close == NULL || open < close)) {
		while (open[1] == '<')
			open++;
		argument = open + 1;
	}
	argument += strspn(argument, " \t");
	for (*len = 0; argument[*len] != '\0'; (*len)++) {
		char byte = argument[*len];

		if (byte == '\\' && argument[*len + 1] != '\0')
			(*len)++;
		else if (byte == '"')
			quoted = !quoted;
		else if ((byte == '>' && !quoted) || byte == '\r' || byte == '\n')
			break;
	}
	while (*len != 0 && strchr(" \t", argument[*len - 1]) != NULL)
		(*len)--;
	return argument;
}

/* The domain of a path of `len` bytes; NULL when it has none. */
static const char *domain_of(const char *path, size_t len, size_t *domain_len)
{
	const char *at = NULL, *colon;
	bool quoted = false;
	int comment = 0;

	if (len != 0 && path[0] == '@' && (colon = memchr(path, ':', len)) != NULL) {
		len -= (size_t)(colon + 1 - path);
		path = colon + 1;
	}
	for (size_t i = 0; i < len; i++) {
		if (path[i] == '\\')
			i++;
		else if (path[i] == '"' && comment == 0)
			quoted = !quoted;
		else if (path[i] == '(' && !quoted)
			comment++;
		else if (path[i] == ')' && comment > 0)
			comment--;
		else if (path[i] == '@' && !quoted && comment == 0)
			at = path + i;
	}
	if (at == NULL)
		return NULL;
	*domain_len = len - (size_t)(at + 1 - path);
	for (size_t i = 0; i < *domain_len; i++)
		if (at[1 + i] == '(')
			*domain_len = i;
	if (*domain_len != 0 && at[*domain_len] == '.')
		(*domain_len)--;
	return at + 1;
}

static bool is_name(const char *domain, size_t len, const char *name)
{
	return strlen(name) == len && strncasecmp(domain, name, len) == 0;
}

static bool is_below(const char *domain, size_t len, const char *name)
{
	size_t name_len = strlen(name);

	return len > name_len + 1 && domain[len - name_len - 1] == '.' && strncasecmp(domain + len - name_len, name, name_len) == 0;
}

/* "xexample.org" for "example.org": what a comparison of endings takes for the same. */
static bool is_like(const char *domain, size_t len, const char *name)
{
	size_t name_len = strlen(name);

	return len > name_len && strncasecmp(domain + len - name_len, name, name_len) == 0;
}

bool route_names_mailbox(const char *argument, const char *mailbox)
{
	size_t len, name = strlen(mailbox);
	const char *path = path_of(argument, &len);

	return len > name && strncasecmp(path, mailbox, name) == 0 && (path[name] == '@' || path[name] == '+');
}

enum route route_of(const char *argument, const char *const *victim, const char *const *own)
{
	static const char *const loopback[] = { "localhost", "localhost.localdomain", "[127.0.0.1]", "[0.0.0.0]", "[127.1]", NULL };
	size_t len, domain_len = 0;
	const char *path = path_of(argument, &len), *domain = domain_of(path, len, &domain_len);

	if (domain == NULL || domain_len == 0)
		return ROUTE_NONE;
	for (const char *const *name = victim; *name != NULL; name++)
		if (is_name(domain, domain_len, *name))
			return ROUTE_VICTIM;
	for (const char *const *name = loopback; *name != NULL; name++)
		if (is_name(domain, domain_len, *name))
			return ROUTE_LOCAL;
	for (const char *const *name = own; *name != NULL; name++)
		if (is_name(domain, domain_len, *name))
			return ROUTE_LOCAL;
	for (const char *const *name = own; *name != NULL; name++)
		if (is_like(domain, domain_len, *name))
			return ROUTE_BELOW;
	for (const char *const *name = victim; *name != NULL; name++)
		if (is_below(domain, domain_len, *name))
			return ROUTE_VICTIM;
	/* Any literal of the target's own, in whatever notation, leads to the target. */
	return domain[0] == '[' ? ROUTE_LOCAL : ROUTE_OTHER;
}
