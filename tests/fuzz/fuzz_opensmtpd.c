/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_opensmtpd.c - whatever may stand in smtpd.conf
 *
 * Below the root that is named there is no file, so that none is found.  What comes
 * out is printable, and each client has an answer.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/opensmtpd.h"
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = { .pool = pool_new(), .kind = &config_opensmtpd };
	struct config_files files = { .root = "/proc/self/fdinfo", .left = CONFIG_ALL_MOST };
	struct opensmtpd *opensmtpd = mem_new(sizeof *opensmtpd);
	struct err err = ERR_INIT;

	config.state = opensmtpd;
	opensmtpd->config = &config;
	opensmtpd->files = &files;
	opensmtpd->delimiter = '+';
	opensmtpd_tables_begin(opensmtpd, NULL, 0);
	if (opensmtpd_read_bytes(opensmtpd, "/etc/smtpd.conf", (const char *)data, size, &err) == 0) {
		opensmtpd_tell(opensmtpd);
		told_check(&config);
		told_hold((told_ask(&config, "198.51.100.7", NULL) == 0) || opensmtpd->fault == NULL);
		told_hold((told_ask(&config, "2001:db8::1", "a.example.net") == 0) || opensmtpd->fault == NULL);
	}
	config_release(&config);
	return 0;
}
