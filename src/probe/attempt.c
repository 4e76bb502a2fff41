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

#include "base/err.h"
#include "net/address.h"

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

/* The length of a byte as it is written: itself, or an escape ("\\r", "\\x00", "\\\\"). */
static size_t byte_at(const char *text, size_t len)
{
	size_t written = text[0] != '\\' ? 1 : len > 1 && text[1] == 'x' ? 4 : 2;

	return written < len ? written : len;
}

/* The same of a character: a backslash belongs to the one that it quotes. */
static size_t unit_of(const char *text, size_t len)
{
	size_t written = byte_at(text, len);

	if (written == 2 && text[1] == '\\' && len > 2)
		written += byte_at(text + 2, len - 2);
	return written;
}

/* Up to the first of these characters outside of quotes, or the end. */
static size_t find_unquoted(const char *text, const char *wanted)
{
	size_t len = strlen(text), at;
	bool quoted = false;

	for (at = 0; at < len; at += unit_of(text + at, len - at)) {
		unsigned char byte = (unsigned char)text[at];

		/* Most bytes are none of these. */
		if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9'))
			continue;
		if (byte == '"')
			quoted = !quoted;
		else if (!quoted && strchr(wanted, text[at]) != NULL)
			break;
	}
	return at;
}

/* White space at the start, as it is or as it is shown. */
static size_t blanks_at(const char *text)
{
	size_t at = 0;

	for (;;) {
		if (text[at] == ' ' || text[at] == '\t')
			at++;
		else if (strncmp(text + at, "\\t", 2) == 0)
			at += 2;
		else
			return at;
	}
}

/* The path: between the first brackets where there are some, else up to the line end; only the first of several. */
static const char *path_of(const char *argument, size_t *len)
{
	size_t open = find_unquoted(argument, "<>");

	/* What stands before the bracket is the address, to some: `"x" <victim>` is their local x. */
	if (argument[open] == '<' && open > blanks_at(argument)) {
		*len = open;
		while (*len != 0 && strchr(" \t", argument[*len - 1]) != NULL)
			(*len)--;
		return argument;
	}
	/* "a>,<b" is what is left of "<a>,<b>" without its outer brackets. */
	if (argument[open] == '<')
		argument += open + strspn(argument + open, "<");
	argument += strspn(argument, " \t");
	*len = find_unquoted(argument, ">\r\n");
	while (*len != 0 && strchr(" \t", argument[*len - 1]) != NULL)
		(*len)--;
	return argument;
}

/* The length of a comment at `text`, those within it included; 0: there is none. */
static size_t comment_at(const char *text, size_t len)
{
	int depth = 0;

	for (size_t at = 0; at < len; at += unit_of(text + at, len - at)) {
		depth += text[at] == '(';
		depth -= text[at] == ')';
		if (depth == 0)
			return at == 0 ? 0 : at + 1;
	}
	return len;
}

/* The domain of a path of `len` bytes; NULL when it has none. */
static const char *domain_of(const char *path, size_t len, size_t *domain_len)
{
	const char *at = NULL, *colon, *end;
	bool quoted = false;

	if (len != 0 && path[0] == '@' && (colon = memchr(path, ':', len)) != NULL) {
		len -= (size_t)(colon + 1 - path);
		path = colon + 1;
	}
	end = path + len;
	for (size_t i = 0; i < len; i += unit_of(path + i, len - i)) {
		if (path[i] == '"')
			quoted = !quoted;
		while (i < len && path[i] == '(' && !quoted)
			i += comment_at(path + i, len - i);
		if (i < len && path[i] == '@' && !quoted)
			at = path + i;
	}
	if (at == NULL)
		return NULL;
	for (at++; at < end && *at == '('; at += comment_at(at, (size_t)(end - at)))
		continue;
	for (*domain_len = 0; at + *domain_len < end && at[*domain_len] != '('; (*domain_len)++)
		continue;
	if (*domain_len != 0 && at[*domain_len - 1] == '.')
		(*domain_len)--;
	return at;
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

/* The address in a literal, in either of its ways of writing. */
static bool read_literal(const char *text, size_t len, struct address *address)
{
	struct err err = ERR_INIT;
	char copy[ADDRESS_TEXT];
	const char *bare = copy;

	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len >= sizeof copy)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (strncasecmp(copy, "IPv6:", 5) == 0)
		bare += 5;
	if (address_parse(bare, address, &err) != 0)
		return false;
	address_unmap(address);
	return true;
}

/* A literal that is plainly another's.  One in an odd notation is the target's own, as those of the probes are. */
static bool is_foreign(const char *domain, size_t len, const char *const *own)
{
	struct address address, other;

	if (!read_literal(domain, len, &address) || address_is_private(&address))
		return false;
	for (; *own != NULL; own++)
		if (read_literal(*own, strlen(*own), &other) && address_equal(&address, &other))
			return false;
	return true;
}

const char *route_domain(const char *argument, size_t *len)
{
	size_t path_len;
	const char *path = path_of(argument, &path_len), *domain = domain_of(path, path_len, len);

	if (domain == NULL)
		*len = 0;
	return domain ? domain : "";
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
	return domain[0] == '[' && !is_foreign(domain, domain_len, own) ? ROUTE_LOCAL : ROUTE_OTHER;
}
