/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_variable.c - Exim's variables, as they are at RCPT
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/exim_walk.h"

static const char *of_helo(const struct exim_walk *walk)
{
	return walk->envelope.helo;
}

static const char *of_sender(const struct exim_walk *walk)
{
	return walk->envelope.sender;
}

static const char *of_sender_domain(const struct exim_walk *walk)
{
	const char *at = strrchr(walk->envelope.sender, '@');

	return at != NULL ? at + 1 : "";
}

static const char *of_client(const struct exim_walk *walk)
{
	return walk->text;
}

static const char *of_name(const struct exim_walk *walk)
{
	return walk->name != NULL ? walk->name : "";
}

static const char *of_login(const struct exim_walk *walk)
{
	return walk->envelope.login != NULL ? walk->envelope.login : "";
}

static const char *of_local_part(const struct exim_walk *walk)
{
	return walk->has_domain ? walk->envelope.local_part : "";
}

static const char *of_domain(const struct exim_walk *walk)
{
	return walk->has_domain ? walk->envelope.domain : "";
}

static const char *of_primary(const struct exim_walk *walk)
{
	return walk->exim->primary;
}

static const char *of_qualify(const struct exim_walk *walk)
{
	return walk->exim->qualify;
}

static const char *of_cipher(const struct exim_walk *walk)
{
	return walk->envelope.encrypted ? NULL : "";
}

static const char *of_nothing(const struct exim_walk *walk)
{
	(void)walk;
	return "";
}

static const char *of_zero(const struct exim_walk *walk)
{
	(void)walk;
	return "0";
}

/* The recipient that is asked for is the first. */
static const char *of_one(const struct exim_walk *walk)
{
	return walk->has_domain ? "1" : "0";
}

/* NULL where it is not known. */
static const struct {
	const char *name;
	const char *(*of)(const struct exim_walk *walk);
} variables[] = {
	{ "authenticated_fail_id", of_nothing },
	{ "authenticated_id", of_login },
	{ "authenticated_sender", of_nothing },
	{ "domain", of_domain },
	{ "local_part", of_local_part },
	{ "primary_hostname", of_primary },
	{ "qualify_domain", of_qualify },
	{ "qualify_recipient", of_qualify },
	{ "rcpt_count", of_one },
	{ "rcpt_defer_count", of_zero },
	{ "rcpt_fail_count", of_zero },
	{ "recipients_count", of_zero },
	{ "sender_address", of_sender },
	{ "sender_address_domain", of_sender_domain },
	{ "sender_helo_name", of_helo },
	{ "sender_host_address", of_client },
	{ "sender_host_authenticated", of_login },
	{ "sender_host_name", of_name },
	{ "sender_ident", of_nothing },
	{ "smtp_active_hostname", of_primary },
	{ "tls_cipher", of_cipher },
	{ "tls_in_certificate_verified", of_zero },
	{ "tls_in_cipher", of_cipher },
	{ "tls_in_peerdn", of_nothing },
};

void exim_set_variable(struct exim_walk *walk, const char *name, const char *text)
{
	size_t at = 0;

	while (at < walk->variable_count && strcmp(walk->variables[at].name, name) != 0)
		at++;
	if (at == EXIM_VARIABLES_MOST)
		return;
	if (at == walk->variable_count)
		walk->variables[walk->variable_count++] = (struct exim_variable){ name, NULL };
	free(walk->variables[at].text);
	walk->variables[at].text = text != NULL ? mem_text(text) : NULL;
}

static enum exim_expanded own_variable(struct exim_walk *walk, const char *name, struct buf *to)
{
	for (size_t i = 0; i < walk->variable_count; i++)
		if (strcmp(walk->variables[i].name, name) == 0) {
			walk->reason = config_text(walk->exim->config, "$%.60s holds what is not evaluated", name);
			buf_text(to, walk->variables[i].text != NULL ? walk->variables[i].text : "");
			return walk->variables[i].text != NULL ? EXPAND_OK : EXPAND_UNKNOWN;
		}
	/* More than are kept may have been set. */
	walk->reason = "there are more variables than are followed";
	return walk->variable_count < EXIM_VARIABLES_MOST ? EXPAND_OK : EXPAND_UNKNOWN;
}

enum exim_expanded exim_variable(struct exim_walk *walk, const char *name, size_t len, struct buf *to)
{
	char *bare = mem_bytes(name, len);
	enum exim_expanded result = EXPAND_UNKNOWN;
	const char *text = NULL;

	if (strncmp(bare, "acl_c", 5) == 0 || strncmp(bare, "acl_m", 5) == 0) {
		result = own_variable(walk, bare, to);
		free(bare);
		return result;
	}
	for (size_t i = 0; i < sizeof variables / sizeof *variables && text == NULL; i++)
		if (strcmp(variables[i].name, bare) == 0)
			text = variables[i].of(walk);
	if (strcmp(bare, "received_port") == 0 || strcmp(bare, "interface_port") == 0) {
		buf_printf(to, "%u", walk->port);
		result = EXPAND_OK;
	} else if (text != NULL) {
		buf_text(to, text);
		result = EXPAND_OK;
	} else {
		walk->reason = config_text(walk->exim->config, "$%.60s is not evaluated", bare);
	}
	free(bare);
	return result;
}
