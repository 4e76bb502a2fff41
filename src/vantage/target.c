/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target.c - permission, made into types
 *
 * Loopback, private and link-local addresses, and this machine's own, may always be tested.  Any other
 * needs the operator's word.  An unset address (0.0.0.0, ::) is the machine itself
 * to connect(), multicast and broadcast are nobody's server: both are refused.
 */
#include "vantage/target.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/text.h"

struct target {
	char *host;
	struct address addresses[TARGET_ADDRESSES_MOST];
	size_t address_count;
	char *domains[TARGET_DOMAINS_MOST + 1];
	size_t domain_count;
};

struct victim {
	char *text;
	char *local;
	char *domain;
	bool reserved;
};

static bool is_nobody(const struct address *given)
{
	static const unsigned char zero[16];
	struct address plain = *given;
	const struct address *address = &plain;

	address_unmap(&plain);
	if (memcmp(address->bytes, zero, sizeof zero) == 0)
		return true;
	return address->family == AF_INET ? address->bytes[0] >= 224 || address->bytes[0] == 0 : address->bytes[0] == 0xff;
}

struct target *target_approve(const char *host, const struct address *addresses, size_t count, enum permission permission,
			      struct err *err)
{
	char text[ADDRESS_TEXT];
	struct target *target;

	for (size_t i = 0; i < count; i++) {
		address_print(&addresses[i], text);
		if (is_nobody(&addresses[i])) {
			err_set(err, ERR_FORBIDDEN, "%s is no address of a server: nothing is tested there", text);
			return NULL;
		}
		if (permission == PERMISSION_NONE && !address_is_private(&addresses[i]) && !address_is_own(&addresses[i])) {
			bool named = strcmp(host, text) != 0;

			err_set(err, ERR_FORBIDDEN,
				"%s%s%s%s is neither this machine's own nor in a private network: relayaudit tests "
				"one's own servers only; say --mine if this one is yours, or name it under targets in relayaudit.yml",
				host, named ? " (" : "", named ? text : "", named ? ")" : "");
			return NULL;
		}
	}
	target = mem_new(sizeof *target);
	target->host = mem_text(host);
	target->address_count = count < TARGET_ADDRESSES_MOST ? count : TARGET_ADDRESSES_MOST;
	memcpy(target->addresses, addresses, target->address_count * sizeof *addresses);
	return target;
}

void target_free(struct target *target)
{
	if (target == NULL)
		return;
	for (size_t i = 0; i < target->domain_count; i++)
		free(target->domains[i]);
	free(target->host);
	free(target);
}

const char *target_host(const struct target *target)
{
	return target->host;
}

const struct address *target_addresses(const struct target *target, size_t *count)
{
	*count = target->address_count;
	return target->addresses;
}

void target_add_domain(struct target *target, const char *domain)
{
	for (size_t i = 0; i < target->domain_count; i++)
		if (text_equal_nocase(target->domains[i], domain))
			return;
	if (target->domain_count < TARGET_DOMAINS_MOST)
		target->domains[target->domain_count++] = mem_text(domain);
}

const char *const *target_domains(const struct target *target, size_t *count)
{
	*count = target->domain_count;
	return (const char *const *)target->domains;
}

int mailbox_check(const char *text, struct err *err)
{
	const char *at = strrchr(text, '@');

	if (at == NULL || at == text || at[1] == '\0' || strlen(text) > 254)
		return err_set(err, ERR_USAGE, "'%.300s' is not a mail address: local@domain", text);
	for (const char *byte = text; *byte != '\0'; byte++)
		if (*byte <= ' ' || *byte > '~' || strchr("<>()[]\\,;:\"%!", *byte) != NULL || (*byte == '@' && byte != at))
			return *byte > ' ' && *byte <= '~' ?
				       err_set(err, ERR_USAGE, "'%.300s' is not a plain mail address: it may hold no '%c'", text, *byte) :
				       err_set(err, ERR_USAGE, "a mail address is printable ASCII without white space: local@domain");
	return 0;
}

struct victim *victim_approve(const char *text, const char *token, struct err *err)
{
	struct victim *victim;
	char *whole = text ? mem_text(text) : mem_printf("relaytest-%s@example.com", token);
	const char *at = strrchr(whole, '@');

	if (mailbox_check(whole, err) != 0) {
		free(whole);
		return NULL;
	}
	victim = mem_new(sizeof *victim);
	victim->text = whole;
	victim->local = mem_bytes(whole, (size_t)(at - whole));
	victim->domain = mem_text(at + 1);
	victim->reserved = text == NULL;
	return victim;
}

void victim_free(struct victim *victim)
{
	if (victim == NULL)
		return;
	free(victim->text);
	free(victim->local);
	free(victim->domain);
	free(victim);
}

const char *victim_text(const struct victim *victim)
{
	return victim->text;
}

const char *victim_local(const struct victim *victim)
{
	return victim->local;
}

const char *victim_domain(const struct victim *victim)
{
	return victim->domain;
}

bool victim_is_reserved(const struct victim *victim)
{
	return victim->reserved;
}

int port_parse(const char *text, struct port *port, struct err *err)
{
	static const struct name_row modes[] = {
		{ "none", TLS_MODE_NONE }, { "starttls", TLS_MODE_STARTTLS }, { "tls", TLS_MODE_IMPLICIT }, { NULL, 0 }
	};
	const char *slash = strchr(text, '/');
	char *number = slash ? mem_bytes(text, (size_t)(slash - text)) : mem_text(text);
	long value = text_number(number, 1, 65535);
	int mode = slash ? name_number(modes, slash + 1) : value == 465 ? TLS_MODE_IMPLICIT : TLS_MODE_NONE;

	free(number);
	if (value < 0)
		return err_set(err, ERR_USAGE, "'%.40s' is not a port: 1 to 65535, perhaps with /none, /starttls or /tls", text);
	if (mode < 0) {
		const char *meant = nearest_name(modes, slash + 1);

		return err_set(err, ERR_USAGE, "'%.40s' is no TLS mode: none, starttls or tls%s%s%s", slash + 1,
			       meant ? "; was '" : "", meant ? meant : "", meant ? "' meant?" : "");
	}
	*port = (struct port){ .number = (unsigned short)value, .mode = (enum tls_mode)mode, .asked = true };
	return 0;
}
