/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_courier.c - whatever may stand in couriertcpd's access rules, the settings, a list of domains, and a
 * compiled file
 *
 * A line of "==" begins the next of these four.  The settings are read from a file in a root of the fuzzer's own,
 * the others from memory.  What comes out is printable, and each client has an answer.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/courier.h"
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char root[] = "/tmp/relayaudit-fuzz.XXXXXX";

static void drop_root(void)
{
	char path[sizeof root + 20];

	snprintf(path, sizeof path, "%s/esmtpd", root);
	unlink(path);
	rmdir(root);
}

static void write_settings(const char *at, size_t len)
{
	static bool made;
	char path[sizeof root + 20];
	FILE *file;

	if (!made) {
		told_hold(mkdtemp(root) != NULL);
		atexit(drop_root);
	}
	made = true;
	snprintf(path, sizeof path, "%s/esmtpd", root);
	file = fopen(path, "w");
	told_hold(file != NULL && fwrite(at, 1, len, file) == len);
	told_hold(fclose(file) == 0);
}

static struct courier_rules *add_rules(struct courier *courier)
{
	struct courier_rules *rules = mem_new(sizeof *rules);

	rules->file = "/etc/courier/smtpaccess";
	rules->dat = "/etc/courier/smtpaccess.dat";
	MEM_ROOM(courier->rules, courier->rules_count, courier->rules_capacity);
	courier->rules[courier->rules_count++] = rules;
	return rules;
}

static void take_part(struct courier *courier, unsigned part, const char *at, size_t len)
{
	static const char *const settings[] = { "/esmtpd", NULL };

	if (part == 0) {
		courier_rules_text(courier->config, add_rules(courier), "/etc/courier/smtpaccess", at, len);
	} else if (part == 1) {
		write_settings(at, len);
		courier_settings_read(courier, settings);
	} else if (part == 2) {
		courier_domains_text(courier, &courier->accepts, "/etc/courier/esmtpacceptmailfor", at, len);
	} else {
		courier_rules_dat(courier->config, add_rules(courier), at, len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = { .pool = pool_new(), .kind = &config_courier };
	struct courier *courier = mem_new(sizeof *courier);
	char *text = mem_bytes((const char *)data, size);
	size_t at = 0;

	config.state = courier;
	courier->config = &config;
	courier->files = (struct config_files){ .root = root, .left = CONFIG_ALL_MOST };
	courier->only_rules = true;
	courier->accepts.file = "/etc/courier/esmtpacceptmailfor";
	for (unsigned part = 0; part < 4 && (part == 0 || at < size); part++) {
		size_t len = part < 3 ? told_part(text + at, size - at) : size - at;

		take_part(courier, part, text + at, len);
		at += len + 3;
	}
	for (size_t i = 0; i < courier->rules_count; i++) {
		if (i >= courier->service_count) {
			MEM_ROOM(courier->services, courier->service_count, courier->service_capacity);
			courier->services[courier->service_count++] = (struct courier_service){ .name = "smtp", .place = "esmtpd" };
		}
		courier->services[i].rules = courier->rules[i];
	}
	courier_grants(courier);
	told_check(&config);
	told_ask(&config, "198.51.100.7", NULL);
	told_ask(&config, "2001:db8::1", NULL);
	config_release(&config);
	free(text);
	return 0;
}
