/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_haraka.c - whatever may stand in Haraka's files
 *
 * A line of "==" begins the next of them: plugins, relay.ini, relay_acl_allow, relay_dest_domains.ini, host_list,
 * host_list_regex, smtp.ini, smtp_forward.ini, haproxy_hosts, xclient.hosts.  They are read from memory; below the
 * root that is named there is no file.  What comes out is printable, and each client has an answer.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/haraka.h"
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = { .pool = pool_new(), .kind = &config_haraka };
	struct haraka *haraka = mem_new(sizeof *haraka);
	struct haraka_file *const files[] = { &haraka->list,	 &haraka->relay, &haraka->allow,   &haraka->destinations, &haraka->hosts,
					      &haraka->patterns, &haraka->smtp,	 &haraka->forward, &haraka->proxies,	  &haraka->clients };
	static const bool sections[] = { false, true, false, true, false, false, true, true, false, false };
	char *text = mem_bytes((const char *)data, size);
	size_t at = 0;

	config.state = haraka;
	haraka->config = &config;
	haraka->home = "/etc/haraka";
	haraka->files = (struct config_files){ .root = "/proc/self/fdinfo", .left = CONFIG_ALL_MOST };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		files[i]->path = "/etc/haraka/config/file";
	for (size_t i = 0; i < sizeof files / sizeof *files && at < size; i++) {
		size_t len = told_part(text + at, size - at);

		(sections[i] ? haraka_ini_text : haraka_list_text)(haraka, files[i], text + at, len);
		at += len + 3;
	}
	haraka->ports[haraka->port_count++] = 25;
	haraka->ports[haraka->port_count++] = 587;
	haraka_plugins(haraka);
	haraka_settle(haraka);
	haraka_grants(haraka);
	told_check(&config);
	told_ask(&config, "198.51.100.7", NULL);
	told_ask(&config, "2001:db8::1", NULL);
	config_release(&config);
	free(text);
	return 0;
}
