/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_sendmail.c - whatever may stand in sendmail.cf and in the text of a map
 *
 * A line of "==" begins the latter.  They are read from memory; below the root that is
 * named there is no file, so that none is found.  What comes out is printable, and each
 * client has an answer.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/sendmail_run.h"
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = { .pool = pool_new(), .kind = &config_sendmail };
	struct sendmail *sendmail = mem_new(sizeof *sendmail);
	struct config_files files = { .root = "/proc/self/fdinfo", .left = CONFIG_ALL_MOST };
	char *text = mem_bytes((const char *)data, size), *end = strstr(text, "\n==\n");
	size_t len = end != NULL ? (size_t)(end - text) + 1 : size;

	config.state = sendmail;
	sendmail_begin(sendmail, &config, &files);
	/* A fuzzer has less patience than a person. */
	sendmail->steps_left = 20000;
	sendmail_read_text(sendmail, text, len);
	for (size_t i = 0; end != NULL && i < sendmail->map_count; i++) {
		if (sendmail->maps[i].how != MAP_KEYS || sendmail->maps[i].file == NULL)
			continue;
		sendmail->maps[i].fails = false;
		sendmail_map_rows(sendmail, &sendmail->maps[i], end + 4, strlen(end + 4));
	}
	sendmail_grants(sendmail);
	sendmail_troubles(sendmail, 0);
	told_check(&config);
	told_ask(&config, "198.51.100.7", NULL);
	told_ask(&config, "2001:db8::1", "a.example.net");
	config_release(&config);
	free(text);
	return 0;
}
