/* SPDX-License-Identifier: Apache-2.0 */
/*
 * learn.c - what a session tells of the server and of us
 */
#include "audit/learn.h"

#include <string.h>

#include "audit/audit.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/make.h"
#include "smtp/capability.h"
#include "smtp/session.h"

/* An address literal or a bare address; `text` has room for it, and is changed. */
static bool read_address(char *text, struct address *address)
{
	struct err ignored = ERR_INIT;
	size_t len = strlen(text);

	if (strncmp(text, "[IPv6:", 6) == 0)
		memmove(text + 1, text + 6, len - 5);
	if (text[0] == '[' && strchr(text, ':') == NULL && text[len - 1] == ']') {
		text[len - 1] = '\0';
		memmove(text, text + 1, len - 1);
	}
	return address_parse(text, address, &ignored) == 0;
}

/*
 * The last address in the first line of the server's answer to our hello: how it
 * sees us.  A lone address is an echo where our own name is an address literal.
 */
static const char *find_seen_as(struct pool *pool, const char *hello, const char *name)
{
	char seen[ADDRESS_TEXT] = "", text[ADDRESS_TEXT];
	unsigned found = 0;
	size_t len;

	for (const char *word = hello; *word != '\0'; word += len + (word[len] != '\0')) {
		struct address address;

		len = strcspn(word, " ,;()");
		if (len == 1 && word[0] == '/')
			break;          /* the lines behind the first are capabilities */
		if (len < 3 || len >= sizeof text)
			continue;
		memcpy(text, word, len);
		text[len] = '\0';
		if (!read_address(text, &address))
			continue;
		address_unmap(&address);
		address_print(&address, seen);
		found++;
	}
	return found > (name[0] == '[') ? pool_text(pool, seen) : NULL;
}

/* The name that follows the code in "220 mail.example.org ESMTP". */
static const char *name_in(struct pool *pool, const char *banner)
{
	const char *name = banner + strcspn(banner, " ");
	size_t len;

	name += strspn(name, " ");
	len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
	if (len < 4 || len > 255 || memchr(name, '.', len) == NULL || name[0] == '.' || (name[len] != ' ' && name[len] != '\0'))
		return NULL;
	return pool_bytes(pool, name, len);
}

static bool is_own_domain(const struct host *host, const char *name)
{
	size_t count;
	const char *const *domains = target_domains(host->target, &count);

	for (size_t i = 0; i < count; i++)
		if (text_equal_nocase(domains[i], name))
			return true;
	return false;
}

void learn_greeting(const struct audit *audit, struct view *view, const struct session_facts *facts)
{
	const char *name;

	if (view->banner != NULL || facts->banner == NULL)
		return;
	view->banner = pool_text(audit->pool, facts->banner);
	name = name_in(audit->pool, facts->banner);
	/* A server that greets with its mail domain has another name as a host, if DNS or the operator told one. */
	if (name != NULL && !(view->host->name_known && is_own_domain(view->host, name)))
		view->host->hostname = name;
}

void learn_from(const struct audit *audit, struct view *view, const struct session_facts *facts)
{
	const struct vantage *vantage = view_vantage(audit, view);

	/* A probe that greets in its own way learns none. */
	if (facts->hello != NULL)
		view->capabilities = facts->capabilities;
	if (vantage->client.family == 0 && vantage->expect == EXPECT_DENY && facts->hello != NULL && (facts->capabilities & CAP_XCLIENT) != 0)
		view->offers_xclient = true;
	view->secure = facts->secure;
	view->local = vantage->client.family ? vantage->client : facts->local;
	learn_greeting(audit, view, facts);
	if (view->hello == NULL && facts->hello != NULL) {
		view->hello = pool_text(audit->pool, facts->hello);
		if (view->host->mta == NULL)
			view->host->mta = make_guess(view->banner, view->hello);
		view->seen_as = find_seen_as(audit->pool, facts->hello, vantage->helo);
	}
	if (facts->tls != NULL && view->tls == NULL) {
		view->tls = mem_new(sizeof *view->tls);
		*view->tls = *facts->tls;
	}
}
