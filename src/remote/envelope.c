/* SPDX-License-Identifier: Apache-2.0 */
/*
 * envelope.c - the token that an envelope carries
 */
#include "remote/envelope.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "probe/token.h"

/* What tags and rewriting put around an address; what routes it elsewhere (% ! : @ and quotes) is not among them. */
static const char tags[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.=+-_";

static const char *const roles[] = { "postmaster", "abuse", NULL };

static size_t local_len(const char *address)
{
	const char *at = strrchr(address, '@');

	return at ? (size_t)(at - address) : strlen(address);
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

/* A token that stands for itself, and is not the rest of a longer word. */
static bool find_whole(const struct token_key *key, const char *address, size_t len, struct token *token)
{
	struct token read;
	const char *found = token_find(key, address, len, &read), *end;

	if (found == NULL)
		return false;
	end = found + TOKEN_TEXT - 1;
	if ((found > address && is_letter(found[-1])) || (end < address + len && is_letter(*end)))
		return false;
	*token = read;
	return true;
}

bool envelope_token(const struct token_key *key, const char *mail_from, const char *rcpt_to, struct token *token)
{
	size_t len = local_len(rcpt_to);

	if (strspn(rcpt_to, tags) < len)
		return false;
	if (find_whole(key, rcpt_to, len, token))
		return true;
	for (size_t i = 0; roles[i] != NULL; i++)
		if (strlen(roles[i]) == len && strncasecmp(rcpt_to, roles[i], len) == 0)
			return find_whole(key, mail_from, local_len(mail_from), token);
	return false;
}
