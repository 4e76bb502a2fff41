/* SPDX-License-Identifier: Apache-2.0 */
/*
 * direct.c - vantages of this machine: as it is, or from one of its addresses
 *
 * An interface is named for its addresses' sake where the address changes; the
 * socket is then tied to it by SO_BINDTODEVICE.
 */
#include "base/err.h"
#include "vantage/query.h"
#include "vantage/vantage_kind.h"

static int parse_local(const char *rest, struct vantage *vantage, struct err *err)
{
	(void)vantage;
	if (rest[0] != '\0')
		return err_set(err, ERR_USAGE, "nothing may stand behind 'local', and '%.80s' does", rest);
	return 0;
}

static int parse_bind(const char *rest, struct vantage *vantage, struct err *err)
{
	if (rest[0] == '\0')
		return err_set(err, ERR_USAGE, "'bind:' needs an address or an interface of this machine");
	return origin_parse(rest, &vantage->origin, err);
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
