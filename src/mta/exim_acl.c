/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_acl.c - acl_read() of Exim's acl.c
 */
#include "mta/exim_acl.h"

#include <ctype.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/exim.h"

const char *const exim_verb_names[VERBS] = {
	[VERB_ACCEPT] = "accept", [VERB_DEFER] = "defer", [VERB_DENY] = "deny", [VERB_DISCARD] = "discard",
	[VERB_DROP] = "drop",	  [VERB_REQUIRE] = "require", [VERB_WARN] = "warn",
};

static const struct exim_term terms[] = {
	{ "acl", TERM_ACL, false, false },
	{ "add_header", TERM_PLAIN, true, false },
	{ "authenticated", TERM_AUTHENTICATED, false, false },
	{ "condition", TERM_CONDITION, false, false },
	{ "continue", TERM_PLAIN, true, false },
	{ "control", TERM_CONTROL, true, false },
	{ "decode", TERM_SCAN, false, true },
	{ "delay", TERM_PLAIN, true, false },
	{ "dkim_signers", TERM_SCAN, false, false },
	{ "dkim_status", TERM_SCAN, false, false },
	{ "dmarc_status", TERM_SCAN, false, true },
	{ "dnslists", TERM_DNSLISTS, false, false },
	{ "domains", TERM_DOMAINS, false, false },
	{ "encrypted", TERM_ENCRYPTED, false, false },
	{ "endpass", TERM_ENDPASS, true, false },
	{ "hosts", TERM_HOSTS, false, false },
	{ "local_parts", TERM_LOCAL_PARTS, false, false },
	{ "log_message", TERM_PLAIN, true, false },
	{ "log_reject_target", TERM_PLAIN, true, false },
	{ "logwrite", TERM_PLAIN, true, false },
	{ "malware", TERM_SCAN, false, true },
	{ "message", TERM_PLAIN, true, false },
	{ "mime_regex", TERM_SCAN, false, true },
	{ "queue", TERM_PLAIN, true, false },
	{ "ratelimit", TERM_RATELIMIT, false, false },
	{ "recipients", TERM_RECIPIENTS, false, false },
	{ "regex", TERM_SCAN, false, true },
	{ "remove_header", TERM_PLAIN, true, false },
	{ "seen", TERM_SCAN, false, false },
	{ "sender_domains", TERM_SENDER_DOMAINS, false, false },
	{ "senders", TERM_SENDERS, false, false },
	{ "set", TERM_SET, true, false },
	{ "spam", TERM_SCAN, false, true },
	{ "spf", TERM_SCAN, false, true },
	{ "spf_guess", TERM_SCAN, false, true },
	{ "udpsend", TERM_PLAIN, true, false },
	{ "verify", TERM_VERIFY, false, false },
};

/* NULL where Exim knows no such word. */
static const struct exim_term *find_term(const char *name)
{
	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
		if (strcmp(terms[i].name, name) == 0)
			return &terms[i];
	return NULL;
}

/* readconf_readname(): a name of letters, and the blanks behind it. */
static const char *read_name(const char *at, char name[EXIM_NAME_MOST + 1])
{
	size_t len = 0;

	at += strspn(at, " \t");
	if (isalpha((unsigned char)*at))
		for (; (isalnum((unsigned char)*at) || *at == '_') && len < EXIM_NAME_MOST; at++)
			name[len++] = *at;
	name[len] = '\0';
	return at + strspn(at, " \t");
}

static int find_verb(const char *name)
{
	for (int i = 0; i < VERBS; i++)
		if (strcmp(exim_verb_names[i], name) == 0)
			return i;
	return -1;
}

/* The variable of "set"; NULL where it is none. */
static const char *read_variable(struct exim *exim, const char **at)
{
	const char *start = *at, *end = start + 5;

	if (strncmp(start, "dkim_verify_", 12) == 0)
		end = start + strcspn(start, " \t=");
	else if ((strncmp(start, "acl_c", 5) != 0 && strncmp(start, "acl_m", 5) != 0) || (!isdigit((unsigned char)*end) && *end != '_'))
		return NULL;
	while (isalnum((unsigned char)*end) || *end == '_')
		end++;
	*at = end + strspn(end, " \t");
	return pool_bytes(exim->config->pool, start, (size_t)(end - start));
}

static const char *add_condition(struct exim *exim, const struct exim_line *line, const char *name, bool negated, const char *at)
{
	struct exim_statement *statement = &exim->statements[exim->statement_count - 1];
	const struct exim_term *term = find_term(name);
	struct exim_condition condition = { .term = term, .negated = negated };

	if (term == NULL || (term->heavy && exim->light))
		return "unknown ACL condition or modifier";
	if (negated && term->modifier)
		return "a modifier cannot be negated";
	if (term->kind == TERM_ENDPASS && statement->verb != VERB_ACCEPT && statement->verb != VERB_DISCARD)
		return "endpass is allowed with accept and discard only";
	if (term->kind == TERM_SET && (condition.variable = read_variable(exim, &at)) == NULL)
		return "the variable behind set begins with neither acl_c nor acl_m";
	if (term->kind != TERM_ENDPASS) {
		if (*at != '=')
			return "a = is missing";
		at += 1 + strspn(at + 1, " \t");
	}
	condition.value = (struct exim_value){ pool_text(exim->config->pool, at), line, (size_t)(at - line->text) };
	MEM_ROOM(exim->conditions, exim->condition_count, exim->condition_capacity);
	exim->conditions[exim->condition_count++] = condition;
	statement->count++;
	return NULL;
}

/* One line of an ACL; what is wrong with it, or NULL. */
static const char *take_line(struct exim *exim, struct exim_acl *acl, const struct exim_line *line)
{
	char name[EXIM_NAME_MOST + 1];
	const char *at = line->text;
	bool negated = *at == '!';
	int verb;

	at = read_name(at + negated, name);
	verb = find_verb(name);
	if (verb < 0 && acl->count == 0)
		return "unknown ACL verb";
	if (verb >= 0) {
		if (negated)
			return "a verb cannot be negated";
		MEM_ROOM(exim->statements, exim->statement_count, exim->statement_capacity);
		exim->statements[exim->statement_count++] =
			(struct exim_statement){ .verb = (enum exim_verb)verb, .line = line, .first = exim->condition_count };
		acl->count++;
		if (*at == '\0')
			return NULL;
		negated = *at == '!';
		at = read_name(at + negated, name);
	}
	return add_condition(exim, line, name, negated, at);
}

const struct exim_acl *exim_acl_find(const struct exim *exim, const char *name)
{
	for (size_t i = 0; i < exim->acl_count; i++)
		if (strcmp(exim->acls[i].name, name) == 0)
			return &exim->acls[i];
	return NULL;
}

static int add_acl(struct exim *exim, const struct exim_acl *acl, struct err *err)
{
	if (exim->acl_count >= EXIM_ACLS_MOST)
		return err_set(err, ERR_LIMIT, "%s: there are more than %d ACLs", exim_line_place(exim, acl->line), EXIM_ACLS_MOST);
	MEM_ROOM(exim->acls, exim->acl_count, exim->acl_capacity);
	exim->acls[exim->acl_count++] = *acl;
	return 0;
}

int exim_acl_parse(struct exim *exim, size_t *index, struct err *err)
{
	struct exim_acl acl = { .name = NULL };
	unsigned section = exim->lines.rows[*index].section;
	const char *why = NULL, *begin;

	for (; *index < exim->lines.count && exim->fault == NULL; (*index)++) {
		const struct exim_line *line = &exim->lines.rows[*index];
		char name[EXIM_NAME_MOST + 1];
		const char *at = read_name(line->text, name);

		if (line->section != section || exim_lines_is_begin(line, &begin))
			break;
		if (*at == ':' && name[0] != '\0') {
			if (acl.name != NULL && add_acl(exim, &acl, err) != 0)
				return -1;
			acl = (struct exim_acl){ .name = pool_text(exim->config->pool, name), .line = line, .first = exim->statement_count };
			why = exim_acl_find(exim, name) != NULL ? "there are two ACLs of this name" : NULL;
		} else {
			why = acl.name == NULL ? "missing or malformed ACL name" : take_line(exim, &acl, line);
		}
		if (why != NULL)
			exim_fault(exim, line, why);
	}
	return acl.name != NULL ? add_acl(exim, &acl, err) : 0;
}
