/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan_check.c - what the values of a scan's options have to be
 */
#include "cmd/scan_check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "audit/finding.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/text.h"
#include "cmd/look.h"
#include "net/address.h"
#include "probe/catalogue.h"
#include "vantage/target.h"
#include "remote/proof_source.h"

int scan_no_such(struct err *err, const char *what, const char *name, const char *meant, const char *all)
{
	if (meant != NULL)
		return err_set(err, ERR_USAGE, "there is no %s '%.60s'; was '%s' meant?", what, name, meant);
	return err_set(err, ERR_USAGE, "there is no %s '%.60s': %s", what, name, all);
}

/* A domain, host name or mailbox name that goes onto the wire: nothing that ends a path or a line. */
static int check_word(const char *what, const char *text, struct err *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_+=[]:";

	for (const char *byte = text; *byte != '\0'; byte++)
		if ((unsigned char)*byte > 127)
			return err_set(err, ERR_USAGE, "'%.80s' is not a %s: only ASCII is; international names are written xn--...", text, what);
	if (strlen(text) > 255)
		return err_set(err, ERR_USAGE, "'%.40s...' is too long for a %s: 255 letters are the most", text, what);
	if (text[0] == '\0' || text[strspn(text, allowed)] != '\0')
		return err_set(err, ERR_USAGE, "'%.80s' is not a %s", text, what);
	return 0;
}

int scan_check_domain(const char *text, struct err *err)
{
	return check_word("domain", text, err);
}

int scan_check_host(const char *text, struct err *err)
{
	return check_word("host name or address", text, err);
}

int scan_check_local_user(const char *text, struct err *err)
{
	return check_word("mailbox name (without its domain)", text, err);
}

int scan_check_helo(const char *text, struct err *err)
{
	return check_word("name to greet with", text, err);
}

int scan_check_ports(const char *text, struct err *err)
{
	char *list = mem_text(text), *rest = list, *word;
	struct port port;
	int result = 0;

	while (result == 0 && (word = strsep(&rest, ",")) != NULL)
		result = port_parse(word, &port, err);
	free(list);
	return result;
}

int scan_check_suite(const char *text, struct err *err)
{
	struct nearest nearest = NEAREST_INIT(text);

	if (suite_find(text) >= 0)
		return 0;
	for (int i = 0; i < SUITES; i++)
		nearest_offer(&nearest, suite_name((enum suite)i));
	return scan_no_such(err, "suite", text, nearest.best, "classic, default, thorough or all");
}

int scan_check_severity(const char *text, struct err *err)
{
	struct nearest nearest = NEAREST_INIT(text);

	if (severity_find(text) >= 0)
		return 0;
	for (int i = 0; i < SEVERITIES; i++)
		nearest_offer(&nearest, severity_name((enum severity)i));
	return scan_no_such(err, "severity", text, nearest.best, "info, low, medium, high or critical");
}

int scan_check_sink(const char *text, struct err *err)
{
	return proof_source_check(text, err) != NULL ? 0 : -1;
}

int scan_check_password(const char *text, struct err *err)
{
	if (text[0] != '@' || text[1] == '\0')
		return err_set(err, ERR_USAGE, "a password stands in a file, and is written @FILE");
	return 0;
}

int scan_check_when(const char *text, struct err *err)
{
	bool wanted;

	return look_when(text, false, &wanted, err);
}

int scan_read_network(const char *text, struct address *network, unsigned *bits, struct err *err)
{
	const char *slash = strchr(text, '/');
	char *start = slash ? mem_bytes(text, (size_t)(slash - text)) : mem_text(text), canonical[ADDRESS_TEXT];
	struct address address, cut;
	int result = address_parse(start, &address, err);
	long most, number;

	free(start);
	if (result != 0)
		return result;
	most = address.family == AF_INET ? 32 : 128;
	number = slash ? text_number(slash + 1, 0, most) : most;
	if (number < 0)
		return err_set(err, ERR_SYNTAX, "'%.60s' is not a network: ADDRESS/BITS", text);
	cut = address;
	for (unsigned i = (unsigned)number; i < 128; i++)
		cut.bytes[i / 8] &= (unsigned char)~(0x80u >> i % 8);
	address_print(&cut, canonical);
	if (!address_equal(&cut, &address))
		return err_set(err, ERR_SYNTAX, "'%.60s' has bits set behind its first %ld: was %s/%ld meant, or that one address?", text, number,
			       canonical, number);
	*network = address;
	*bits = (unsigned)number;
	return 0;
}
