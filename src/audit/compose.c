/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compose.c - placeholders, filled in
 *
 * Lines come from the pool, so that equal lines are equal pointers: that is how
 * attempts with the same MAIL are found.
 */
#include "audit/compose.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/message.h"
#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"
#include "probe/credentials.h"
#include "probe/probe.h"

enum { LINE_MOST = 2048 };

static const char *pooled(const struct audit *audit, struct buf *text)
{
	const char *copy = pool_bytes(audit->pool, text->data, text->len);

	buf_release(text);
	return copy;
}

static const char *fullwidth(const struct audit *audit, const char *domain)
{
	struct buf text = BUF_INIT(LINE_MOST);

	/* U+FF01 to U+FF5E are the printable characters of ASCII, in order; the dot stays what it is. */
	for (; *domain != '\0'; domain++) {
		unsigned point = 0xff00u + (unsigned char)*domain - 0x20u;

		if (*domain == '.')
			buf_char(&text, '.');
		else
			buf_printf(&text, "%c%c%c", (int)(0xe0 | point >> 12), (int)(0x80 | (point >> 6 & 0x3f)), (int)(0x80 | (point & 0x3f)));
	}
	return pooled(audit, &text);
}

static const char *upper(const struct audit *audit, const char *domain)
{
	struct buf text = BUF_INIT(LINE_MOST);

	for (; *domain != '\0'; domain++)
		buf_char(&text, *domain >= 'a' && *domain <= 'z' ? (char)(*domain - 'a' + 'A') : *domain);
	return pooled(audit, &text);
}

static void fill_addresses(const struct audit *audit, const struct view *view, struct values *values)
{
	const struct host *host = view->host;
	char text[ADDRESS_TEXT];
	size_t count;
	const struct address *own = target_addresses(host->target, &count);

	address_print_literal(&view_endpoint(view)->address, text);
	values->of[PLACE_LITERAL] = pool_text(audit->pool, text);
	for (size_t i = count; i-- > 0;) {
		address_print(&own[i], text);
		values->of[own[i].family == AF_INET ? PLACE_IP : PLACE_IP6] = pool_text(audit->pool, text);
		if (own[i].family == AF_INET) {
			const unsigned char *b = own[i].bytes;
			unsigned number = (unsigned)b[0] << 24 | (unsigned)b[1] << 16 | (unsigned)b[2] << 8 | b[3];

			snprintf(text, sizeof text, "%u", number);
			values->of[PLACE_IP_DECIMAL] = pool_text(audit->pool, text);
			snprintf(text, sizeof text, "0x%08x", number);
			values->of[PLACE_IP_HEX] = pool_text(audit->pool, text);
		}
	}
}

/* The operator's own sender stays as it is; bounces to it are the operator's to see. */
static const char *ordinary_sender(const struct audit *audit, const struct attempt *attempt, bool own_sender)
{
	if (!own_sender || !audit->tokens || audit->settings.sender_named)
		return audit->settings.sender;
	return compose_token(audit, attempt->number, TOKEN_SENDER);
}

static void fill_sender(const struct audit *audit, const struct attempt *attempt, enum sender_choice choice, bool own_sender,
			struct values *values)
{
	const char *sender = ordinary_sender(audit, attempt, own_sender);

	/* What is the same for all of a view was filled in with it. */
	if (sender != audit->settings.sender)
		values->of[PLACE_SENDER_LOCAL] = pool_bytes(audit->pool, sender, TOKEN_TEXT - 1);
	values->of[PLACE_SENDER] = choice == SENDER_NULL ? "" : sender;
	if (choice == SENDER_CLASSIC && attempt->probe->classic_sender.count != 0) {
		struct buf text = BUF_INIT(LINE_MOST);

		line_expand(&attempt->probe->classic_sender, values, &text);
		values->of[PLACE_SENDER] = pooled(audit, &text);
	}
}

/* A label that is the attempt's own, the same each time: chance from the run's token, spread by splitmix64. */
static void fill_rand(const struct audit *audit, const struct attempt *attempt, char *label, size_t len)
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	uint64_t mixed = (uint64_t)(uintptr_t)attempt;

	for (const char *byte = audit->run_id; *byte != '\0'; byte++)
		mixed = (mixed ^ (unsigned char)*byte) * 1099511628211u;
	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
	mixed ^= mixed >> 31;
	for (size_t i = 0; i < len; i++, mixed >>= 5)
		label[i] = letters[mixed & 31];
	label[len] = '\0';
}

/* Nobody needs them but the few probes that say them. */
static void fill_credentials(const struct audit *audit, struct values *values)
{
	for (int place = PLACE_AUTH_USER; place <= PLACE_AUTH_PLAIN_AS; place++) {
		char *text = credentials_text((enum placeholder)place, values->of[PLACE_RAND], values->of[PLACE_LOCAL_USER]);

		values->of[place] = pool_text(audit->pool, text);
		free(text);
	}
}

void compose_begin(const struct audit *audit, const struct view *view, struct values *values)
{
	const struct host *host = view->host;
	const char *sender = audit->settings.sender, *at = strrchr(sender, '@');
	size_t domain_count;
	const char *const *domains = target_domains(host->target, &domain_count);
	const char *user = audit_local_user(audit, host);

	*values = (struct values){ .of = { NULL } };
	values->of[PLACE_BACKUP] = domain_count != 0 ? domains[domain_count - 1] : NULL;
	values->of[PLACE_LOCAL_USER] = user ? user : "postmaster";
	values->of[PLACE_MX_DOMAIN] = audit->settings.mx_domain;
	values->of[PLACE_VICTIM] = victim_text(audit->victim);
	values->of[PLACE_VICTIM_LOCAL] = victim_local(audit->victim);
	values->of[PLACE_VICTIM_DOMAIN] = victim_domain(audit->victim);
	values->of[PLACE_VICTIM_DOMAIN_UPPER] = upper(audit, victim_domain(audit->victim));
	values->of[PLACE_VICTIM_DOMAIN_FULLWIDTH] = fullwidth(audit, victim_domain(audit->victim));
	values->of[PLACE_VICTIM_LITERAL] = audit->victim_literal;
	values->of[PLACE_HELO] = view_vantage(audit, view)->helo;
	values->of[PLACE_TOKEN] = audit->token;
	values->of[PLACE_SENDER_LOCAL] = pool_bytes(audit->pool, sender, (size_t)(at - sender));
	values->of[PLACE_SENDER_DOMAIN] = at + 1;
	fill_addresses(audit, view, values);
	compose_learned(audit, view, values);
}

void compose_learned(const struct audit *audit, const struct view *view, struct values *values)
{
	char text[ADDRESS_TEXT];

	values->of[PLACE_HOSTNAME] = view->host->hostname;
	if (view->local.family == 0)
		return;
	address_print(&view->local, text);
	values->of[PLACE_CLIENT] = pool_text(audit->pool, text);
}

const char *compose_token(const struct audit *audit, unsigned number, enum token_role role)
{
	struct token token = { .number = number, .role = role, .expires = audit->started + TOKEN_LIFE };
	struct buf text = BUF_INIT(LINE_MOST);
	char name[TOKEN_TEXT];

	token_print_run(&audit->signer, &token, name);
	buf_printf(&text, "%s@%s", name, victim_domain(audit->victim));
	return pooled(audit, &text);
}

static void fill_victim(const struct audit *audit, const struct attempt *attempt, struct values *values)
{
	const char *victim = compose_token(audit, attempt->number, TOKEN_VICTIM);

	values->of[PLACE_VICTIM] = victim;
	values->of[PLACE_VICTIM_LOCAL] = pool_bytes(audit->pool, victim, TOKEN_TEXT - 1);
}

/* The message of a probe that sends one itself, and the one that may be smuggled inside it. */
static void fill_messages(const struct audit *audit, const struct view *view, const struct attempt *attempt, struct values *values)
{
	const char *sender = values->of[PLACE_SENDER];
	char size[24];

	values->of[PLACE_SECOND] = audit->tokens ? compose_token(audit, attempt->number, TOKEN_SECOND) : victim_text(audit->victim);
	values->of[PLACE_MESSAGE] = message_compose(audit, view, attempt, TOKEN_VICTIM, sender, values->of[PLACE_VICTIM]);
	values->of[PLACE_SECOND_MESSAGE] = message_compose(audit, view, attempt, TOKEN_SECOND, sender, values->of[PLACE_SECOND]);
	snprintf(size, sizeof size, "%zu", strlen(values->of[PLACE_MESSAGE]));
	values->of[PLACE_MESSAGE_SIZE] = pool_text(audit->pool, size);
}

void compose_values(const struct audit *audit, const struct view *view, const struct attempt *attempt, enum sender_choice sender,
		    bool own_sender, const struct values *begun, struct composition *composition)
{
	struct values *values = &composition->values;

	*values = *begun;
	fill_rand(audit, attempt, composition->rand, sizeof composition->rand - 1);
	values->of[PLACE_RAND] = composition->rand;
	if (attempt->probe->logs_in)
		fill_credentials(audit, values);
	values->of[PLACE_DOMAIN] = attempt->domain;
	/* Another of the target's own domains; of one domain alone, "backed up" says nothing new. */
	if (values->of[PLACE_BACKUP] != NULL && strcmp(values->of[PLACE_BACKUP], attempt->domain) == 0)
		values->of[PLACE_BACKUP] = NULL;
	if (audit->tokens)
		fill_victim(audit, attempt, values);
	fill_sender(audit, attempt, sender, own_sender, values);
	if (audit->settings.confirm && attempt->probe->sends_message)
		fill_messages(audit, view, attempt, values);
}

const char *compose_line(const struct audit *audit, const struct line *line, const struct values *values, size_t *len,
			 const char **missing)
{
	struct buf bytes = BUF_INIT(LINE_MOST);
	int absent = line_expand(line, values, &bytes);

	if (absent >= 0) {
		*missing = placeholder_name((enum placeholder)absent);
		buf_release(&bytes);
		return NULL;
	}
	*len = bytes.len;
	return pooled(audit, &bytes);
}

const char *compose_argument(const struct audit *audit, const char *bytes, size_t len)
{
	const char *colon = memchr(bytes, ':', len);
	struct buf text = BUF_INIT(TEXT_SHOWN);

	if (colon != NULL) {
		len -= (size_t)(colon + 1 - bytes);
		bytes = colon + 1;
	}
	while (len != 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
		len--;
	if (len >= 2 && bytes[0] == '<' && bytes[len - 1] == '>') {
		bytes++;
		len -= 2;
	}
	text_escape(&text, bytes, len);
	return pooled(audit, &text);
}
