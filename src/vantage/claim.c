/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claim.c - vantages of another client: XCLIENT, and PROXY headers
 *
 * The connection is ours; the server is told whose it should take it for, and does so
 * where it trusts us.  One session is one client: Postfix grants XCLIENT by the
 * address that it believes at the time, so that a second claim would be the first client's.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "smtp/xclient.h"
#include "vantage/query.h"
#include "vantage/vantage_kind.h"

/* Where the client's connection comes from, in a PROXY header: an unprivileged port like any other. */
enum { CLIENT_PORT = 40025 };

static const char advice[] = "in Postfix, give a private listener, as 127.0.0.1:10025 in master.cf, "
			     "\"-o smtpd_authorized_xclient_hosts=127.0.0.1\", and scan that; never grant it to strangers";

static int parse_client(const char *rest, struct vantage *vantage, struct err *err)
{
	if (vantage->any_client)
		return rest[0] == '\0' ? 0 : err_set(err, ERR_USAGE, "'%s' takes no address here: every client is simulated",
						      vantage->kind->scheme);
	if (rest[0] == '\0')
		return err_set(err, ERR_USAGE, "'%s:' needs the address of the client that is simulated", vantage->kind->scheme);
	return client_parse(rest, vantage, err);
}

static void assume_xclient(struct vantage *vantage)
{
	struct xclient *claim = vantage->way;
	char text[ADDRESS_TEXT];

	address_print(&vantage->client, text);
	free((char *)(uintptr_t)claim->address);
	claim->address = vantage->client.family == AF_INET6 ? mem_printf("IPV6:%s", text) : mem_text(text);
}

/* A header is made of `client` itself. */
static void assume_proxy(struct vantage *vantage)
{
	(void)vantage;
}

static int parse_xclient(const char *rest, struct vantage *vantage, struct err *err)
{
	struct xclient *claim;

	if (parse_client(rest, vantage, err) != 0)
		return -1;
	claim = mem_new(sizeof *claim);
	claim->advice = advice;
	vantage->way = claim;
	if (!vantage->any_client)
		assume_xclient(vantage);
	return 0;
}

static void release_xclient(struct vantage *vantage)
{
	struct xclient *claim = vantage->way;

	if (claim != NULL)
		free((char *)(uintptr_t)claim->address);
	free(claim);
}

static void prepare_xclient(const struct vantage *vantage, struct session_settings *settings)
{
	struct xclient *claim = vantage->way;

	/* Looked up since the URI was read. */
	claim->name = vantage->client_name;
	settings->claim = claim;
}

/* Both addresses of a header are of one family.  A client of the other family than the endpoint comes to loopback, on paper. */
static struct address destination(const struct vantage *vantage, const struct address *to)
{
	static const unsigned char loopback4[16] = { 127, 0, 0, 1 }, loopback6[16] = { [15] = 1 };
	struct address plain = *to;

	plain.scope = 0;
	if (plain.family != vantage->client.family) {
		plain.family = vantage->client.family;
		memcpy(plain.bytes, plain.family == AF_INET ? loopback4 : loopback6, sizeof plain.bytes);
	}
	return plain;
}

static void prepare_proxyv1(const struct vantage *vantage, struct session_settings *settings)
{
	struct address to = destination(vantage, &settings->to);
	char from_text[ADDRESS_TEXT], to_text[ADDRESS_TEXT];

	address_print(&vantage->client, from_text);
	address_print(&to, to_text);
	settings->preamble_len = (size_t)snprintf(settings->preamble, sizeof settings->preamble, "PROXY TCP%d %s %s %d %u\r\n",
						  to.family == AF_INET ? 4 : 6, from_text, to_text, CLIENT_PORT, (unsigned)to.port);
}

static char *put(char *at, const void *bytes, size_t len)
{
	memcpy(at, bytes, len);
	return at + len;
}

/* Version 2, PROXY; family and stream; the length of what follows: two addresses, two ports. */
static void prepare_proxyv2(const struct vantage *vantage, struct session_settings *settings)
{
	struct address to = destination(vantage, &settings->to);
	size_t size = to.family == AF_INET ? 4 : 16;
	const unsigned char head[] = { 0x21, to.family == AF_INET ? 0x11 : 0x21, 0, (unsigned char)(2 * size + 4) };
	const unsigned char ports[] = { CLIENT_PORT >> 8, CLIENT_PORT & 255, (unsigned char)(to.port >> 8), (unsigned char)(to.port & 255) };
	char *at = settings->preamble;

	at = put(at, "\r\n\r\n\0\r\nQUIT\n", 12);
	at = put(at, head, sizeof head);
	at = put(at, vantage->client.bytes, size);
	at = put(at, to.bytes, size);
	at = put(at, ports, sizeof ports);
	settings->preamble_len = (size_t)(at - settings->preamble);
}

const struct vantage_kind vantage_xclient = {
	.scheme = "xclient",
	.usage = "xclient:ADDRESS",
	.about = "any client, where the server grants us XCLIENT",
	.takes = PARAMETER_BIND,
	.parse = parse_xclient,
	.assume = assume_xclient,
	.release = release_xclient,
	.prepare = prepare_xclient,
};

const struct vantage_kind vantage_proxyv1 = {
	.scheme = "proxyv1",
	.usage = "proxyv1:ADDRESS",
	.about = "any client, where the server takes PROXY headers from us",
	.takes = PARAMETER_BIND,
	.parse = parse_client,
	.assume = assume_proxy,
	.prepare = prepare_proxyv1,
};

const struct vantage_kind vantage_proxyv2 = {
	.scheme = "proxyv2",
	.usage = "proxyv2:ADDRESS",
	.about = "the same with headers of version 2",
	.takes = PARAMETER_BIND,
	.parse = parse_client,
	.assume = assume_proxy,
	.prepare = prepare_proxyv2,
};
