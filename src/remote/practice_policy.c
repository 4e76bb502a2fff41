/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_policy.c - is this recipient taken, from this client
 *
 * An address is read as servers read it: a source route is dropped (RFC 5321
 * appendix C), and what follows the last @ outside quotes is the domain.  In a
 * local part at a domain of ours, @, %, ! and quotes may hide another address;
 * the style says what a closed server makes of each.
 */
#include "remote/practice_policy.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

struct parts {
	const char *local, *domain;
	size_t local_len, domain_len;
	bool routed; /* a source route was dropped */
	bool qualified; /* there was an @ */
};

static bool same(const char *a, size_t len, const char *b)
{
	return strlen(b) == len && strncasecmp(a, b, len) == 0;
}

static bool within(const struct practice_words *words, const char *name, size_t len)
{
	for (size_t i = 0; i < words->count; i++)
		if (same(name, len, words->items[i]))
			return true;
	return false;
}

static bool is_domain(const struct practice_rules *rules, const char *name, size_t len)
{
	return within(&rules->domains, name, len);
}

static bool is_user(const struct practice_rules *rules, const char *name, size_t len)
{
	return within(&rules->users, name, len);
}

bool practice_network_has(const struct practice_networks *networks, const struct address *address)
{
	for (size_t i = 0; i < networks->count; i++)
		if (address_is_in(address, &networks->items[i].address, networks->items[i].bits))
			return true;
	return false;
}

/* The last @ outside quotes. */
static const char *last_at(const char *path, size_t len)
{
	const char *at = NULL;
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (path[i] == '\\')
			i++;
		else if (path[i] == '"')
			quoted = !quoted;
		else if (path[i] == '@' && !quoted)
			at = path + i;
	}
	return at;
}

static struct parts take_apart(const char *path, size_t len)
{
	struct parts parts = { .local = path, .local_len = len, .domain = "" };
	const char *colon, *at;

	if (len != 0 && *path == '@' && (colon = memchr(path, ':', len)) != NULL) {
		parts.routed = true;
		len -= (size_t)(colon + 1 - path);
		path = colon + 1;
		parts.local = path;
		parts.local_len = len;
	}
	at = last_at(path, len);
	if (at == NULL)
		return parts;
	parts.qualified = true;
	parts.local_len = (size_t)(at - path);
	parts.domain = at + 1;
	parts.domain_len = len - parts.local_len - 1;
	return parts;
}

/* "[192.0.2.1]", where the address is this server's own, or loopback's. */
static bool is_own_literal(const struct practice_asker *asker, const char *name, size_t len)
{
	char own[ADDRESS_TEXT];

	if (len == 0 || *name != '[')
		return false;
	if (same(name, len, "[127.0.0.1]") || same(name, len, "[IPv6:::1]"))
		return true;
	address_print_literal(&asker->own, own);
	return same(name, len, own);
}

static bool is_here(const struct practice_rules *rules, const struct practice_asker *asker, const char *name, size_t len)
{
	return len == 0 || is_domain(rules, name, len) || same(name, len, rules->name) || same(name, len, "localhost") ||
	       is_own_literal(asker, name, len);
}

static bool is_below(const struct practice_rules *rules, const char *name, size_t len)
{
	for (size_t i = 0; i < rules->domains.count; i++) {
		size_t tail = strlen(rules->domains.items[i]);

		if (len > tail + 1 && name[len - tail - 1] == '.' &&
		    strncasecmp(name + len - tail, rules->domains.items[i], tail) == 0)
			return true;
	}
	return false;
}

/* What a local part hides; TRICKS when it hides nothing. */
static enum practice_trick hidden_in(const char *local, size_t len)
{
	bool at = memchr(local, '@', len) != NULL, bang = memchr(local, '!', len) != NULL;
	bool percent = memchr(local, '%', len) != NULL;

	if (!at && !bang && !percent)
		return TRICKS;
	if (*local == '"')
		return TRICK_QUOTED;
	return at ? TRICK_DOUBLE_AT : bang ? TRICK_BANG : TRICK_PERCENT;
}

/* Whether all that this client sends is relayed, whatever the form of the address. */
static bool is_carried(const struct practice_rules *rules, const struct practice_asker *asker)
{
	const unsigned char *own = asker->own.bytes;
	unsigned long number =
		((unsigned long)own[0] << 24) + ((unsigned long)own[1] << 16) + ((unsigned long)own[2] << 8) + own[3];
	long every = rules->numbers[NUMBER_OPEN_EVERY];

	return (asker->sender & rules->leak_senders) != 0 || (asker->helo & rules->leak_helos) != 0 ||
	       (asker->had_local && rules->flags[FLAG_LEAK_SECOND]) || (asker->secure && rules->flags[FLAG_LEAK_AFTER_TLS]) ||
	       asker->authenticated || (every != 0 && number % (unsigned long)every == 0) ||
	       practice_network_has(&rules->open_here, &asker->own);
}

static bool is_open(const struct practice_rules *rules, const struct practice_asker *asker, enum practice_trick trick)
{
	unsigned bit = 1u << trick;

	if ((rules->leaks & bit) != 0)
		return true;
	for (size_t i = 0; i < rules->trusted.count; i++) {
		const struct practice_network *network = &rules->trusted.items[i];

		if ((network->tricks & bit) != 0 && address_is_in(&asker->client, &network->address, network->bits))
			return true;
	}
	return is_carried(rules, asker);
}

static enum practice_answer judge_outside(const struct practice_rules *rules, const struct practice_asker *asker,
					  const struct parts *parts)
{
	if (is_open(rules, asker, parts->routed ? TRICK_ROUTE : TRICK_PLAIN))
		return ANSWER_OUTSIDE;
	if (is_below(rules, parts->domain, parts->domain_len) && is_open(rules, asker, TRICK_SUBDOMAIN))
		return ANSWER_OUTSIDE;
	if (same(parts->local, parts->local_len, "postmaster") && is_open(rules, asker, TRICK_POSTMASTER))
		return ANSWER_OUTSIDE;
	return ANSWER_DENIED;
}

static enum practice_answer judge_user(const struct practice_rules *rules, const struct parts *parts)
{
	if (rules->flags[FLAG_ANY_USER] || is_user(rules, parts->local, parts->local_len) ||
	    same(parts->local, parts->local_len, "postmaster"))
		return ANSWER_LOCAL;
	return ANSWER_UNKNOWN;
}

/* No line end or other control comes this far but NUL; what real servers refuse in any address is refused here. */
static bool is_malformed(const struct parts *parts, size_t len)
{
	size_t domain = parts->domain_len;

	if (len == 0 || parts->local_len == 0 || (parts->qualified && domain == 0))
		return true;
	if (memchr(parts->local, '\0', parts->local_len) != NULL || memchr(parts->domain, '\0', domain) != NULL)
		return true;
	for (size_t i = 0; i < domain; i++)
		if (strchr(" \t<>(),;\"\\", parts->domain[i]) != NULL)
			return true;
	return *parts->local != '"' &&
	       (memchr(parts->local, ' ', parts->local_len) != NULL || memchr(parts->local, '<', parts->local_len) != NULL);
}

enum practice_answer practice_judge(const struct practice_rules *rules, const struct practice_asker *asker, const char *path,
				    size_t len)
{
	static const enum practice_answer answers[] = {
		[READS_RELAY] = ANSWER_DENIED,
		[READS_SYNTAX] = ANSWER_SYNTAX,
		[READS_USER] = ANSWER_UNKNOWN,
		[READS_LOCAL] = ANSWER_LOCAL,
	};
	struct parts parts = take_apart(path, len);
	enum practice_trick trick;

	if (is_malformed(&parts, len))
		return ANSWER_SYNTAX;
	if (parts.domain_len != 0 && *parts.domain == '[' && rules->texts[TEXT_RCPT_LITERAL] != NULL)
		return ANSWER_LITERAL;
	if (!is_here(rules, asker, parts.domain, parts.domain_len))
		return judge_outside(rules, asker, &parts);
	trick = hidden_in(parts.local, parts.local_len);
	if (trick == TRICKS)
		return judge_user(rules, &parts);
	if (is_open(rules, asker, trick))
		return ANSWER_OUTSIDE;
	/* A server that takes any local part takes these as well, and finds out later. */
	if (rules->flags[FLAG_ANY_USER] && rules->style->readings[trick] == READS_USER)
		return ANSWER_LOCAL;
	return answers[rules->style->readings[trick]];
}

bool practice_is_mailbox(const struct practice_rules *rules, const char *path, size_t len)
{
	struct parts parts = take_apart(path, len);

	return is_user(rules, parts.local, parts.local_len) || same(parts.local, parts.local_len, "postmaster");
}

/* The address that a local part hides, one layer of it. */
static void undo(enum practice_trick trick, const struct parts *parts, struct buf *to)
{
	const char *local = parts->local, *sign;
	size_t len = parts->local_len, front;

	if (trick == TRICK_PERCENT || trick == TRICK_BANG) {
		sign = trick == TRICK_PERCENT ? memrchr(local, '%', len) : memchr(local, '!', len);
		front = (size_t)(sign - local);
		buf_add(to, trick == TRICK_PERCENT ? local : sign + 1, trick == TRICK_PERCENT ? front : len - front - 1);
		buf_char(to, '@');
		buf_add(to, trick == TRICK_PERCENT ? sign + 1 : local, trick == TRICK_PERCENT ? len - front - 1 : front);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if (local[i] == '\\' && i + 1 < len)
			i++;
		else if (local[i] == '"')
			continue;
		buf_char(to, local[i]);
	}
	if (memchr(local, '@', len) == NULL) {
		buf_char(to, '@');
		buf_add(to, parts->domain, parts->domain_len);
	}
}

bool practice_route(const struct practice_rules *rules, const struct practice_asker *asker, const char *path, size_t len,
		    struct buf *to)
{
	enum { LAYERS = 4 };
	char *inner = NULL;

	for (int layer = 0; layer < LAYERS; layer++) {
		struct parts parts = take_apart(path, len);
		enum practice_trick trick;

		if (!is_here(rules, asker, parts.domain, parts.domain_len)) {
			buf_add(to, parts.local, parts.local_len + 1 + parts.domain_len);
			free(inner);
			return true;
		}
		trick = hidden_in(parts.local, parts.local_len);
		/* Who has believed one layer believes what is in it. */
		if (trick == TRICKS || (layer == 0 && !is_open(rules, asker, trick)))
			break;
		undo(trick, &parts, to);
		len = to->len;
		free(inner);
		path = inner = buf_detach(to);
	}
	free(inner);
	return false;
}

/* Names that RFC 2606 and RFC 6761 keep from ever taking mail. */
static bool is_reserved(const char *name, size_t len)
{
	static const char *const ends[] = { "example.com", "example.net", "example.org", "example", "invalid" };

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t tail = strlen(ends[i]);

		if (len >= tail && strncasecmp(name + len - tail, ends[i], tail) == 0 &&
		    (len == tail || name[len - tail - 1] == '.'))
			return true;
	}
	return false;
}

unsigned practice_sender(const struct practice_rules *rules, const struct practice_asker *asker, const char *path, size_t len)
{
	struct parts parts = take_apart(path, len);
	const char *name = parts.domain;
	size_t size = parts.domain_len;

	if (len == 0)
		return SENDER_NULL;
	if (size == 0)
		return SENDER_UNQUALIFIED;
	if (*name == '[')
		return SENDER_LITERAL | (is_own_literal(asker, name, size) ? SENDER_LOCALHOST : 0);
	if (same(name, size, "localhost") || same(name, size, "localhost.localdomain"))
		return SENDER_LOCALHOST;
	if (is_domain(rules, name, size) || same(name, size, rules->name))
		return SENDER_DOMAIN | (judge_user(rules, &parts) == ANSWER_LOCAL ? SENDER_USER : SENDER_UNKNOWN);
	if (is_below(rules, name, size))
		return SENDER_SUBDOMAIN;
	return SENDER_OUTSIDE | (is_reserved(name, size) ? SENDER_UNRESOLVABLE : 0);
}

unsigned practice_helo(const struct practice_rules *rules, const char *name, size_t len)
{
	unsigned bits = 0;

	if (len == 0)
		return HELO_NONE;
	if (is_domain(rules, name, len))
		bits |= HELO_DOMAIN;
	if (same(name, len, rules->name))
		bits |= HELO_NAME;
	if (same(name, len, "localhost") || same(name, len, "localhost.localdomain"))
		bits |= HELO_LOCALHOST;
	if (*name == '[')
		bits |= HELO_LITERAL;
	return bits;
}
