/* SPDX-License-Identifier: Apache-2.0 */
/*
 * direct.c - vantages of this machine: as it is, or from one of its addresses
 *
 * An interface is named for its addresses' sake where the address changes; the
 * socket is then tied to it by SO_BINDTODEVICE.
 */
#include <net/if.h>
#include <string.h>

#include "base/err.h"
#include "vantage/vantage_kind.h"

static int parse_local(const char *rest, struct origin *origin, struct err *err)
{
	if (rest[0] != '\0')
		return err_set(err, ERR_USAGE, "nothing may stand behind 'local', and '%.80s' does", rest);
	*origin = (struct origin){ .interface = "" };
	return 0;
}

static int parse_bind(const char *rest, struct origin *origin, struct err *err)
{
	struct origin made = { .interface = "" };
	struct err not_address = ERR_INIT;

	if (rest[0] == '\0')
		return err_set(err, ERR_USAGE, "'bind:' needs an address or an interface of this machine");
	if (address_parse(rest, &made.address, &not_address) != 0) {
		if (strlen(rest) >= sizeof made.interface || if_nametoindex(rest) == 0)
			return err_set(err, ERR_USAGE, "'%.80s' is neither an IP address nor a network interface of this machine", rest);
		memcpy(made.interface, rest, strlen(rest));
	}
	if (origin_check(&made, err) != 0)
		return -1;
	*origin = made;
	return 0;
}

const struct vantage_kind vantage_local = {
	.scheme = "local",
	.usage = "local",
	.about = "this machine",
	.parse = parse_local,
};

const struct vantage_kind vantage_bind = {
	.scheme = "bind",
	.usage = "bind:ADDRESS|INTERFACE",
	.about = "this machine, from one of its addresses",
	.parse = parse_bind,
};
