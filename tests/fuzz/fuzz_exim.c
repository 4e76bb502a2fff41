/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_exim.c - whatever may stand in Exim's configuration
 *
 * It is read from memory; below the root that is named there is no file, so that none
 * is found.  What comes out is printable, and each client has an answer.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/exim.h"
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct config_own own[] = { { { .family = AF_INET, .bytes = { 192, 0, 2, 25 } }, 24 } };
	struct config config = { .pool = pool_new(), .kind = &config_exim };
	struct exim *exim = mem_new(sizeof *exim);
	struct config_wish wish = { .own = own, .own_count = 1 };
	struct err err = ERR_INIT;

	config.state = exim;
	exim->config = &config;
	exim->files = (struct config_files){ .root = "/proc/self/fdinfo", .left = CONFIG_ALL_MOST };
	exim->lines = (struct exim_lines){ .config = &config, .files = &exim->files };
	exim->path = "/etc/exim4/exim4.conf";
	if (exim_lines_take(&exim->lines, exim->path, (const char *)data, size, &err) == 0 && exim_finish(exim, &wish, &err) == 0) {
		told_check(&config);
		told_ask(&config, "198.51.100.7", NULL);
		told_ask(&config, "2001:db8::1", "a.example.net");
	}
	config_release(&config);
	return 0;
}
