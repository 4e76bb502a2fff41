/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_qmail.c - whatever may stand in tcpserver's rules, the script that starts it,
 * rcpthosts, and a compiled file
 *
 * A line of "==" begins the next of these four.  They are read from memory; below the
 * root that is named there is no file.  What comes out is printable, and each client has
 * an answer.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/qmail.h"
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct qmail_rules *add_rules(struct qmail *qmail)
{
	struct qmail_rules *rules = mem_new(sizeof *rules);

	rules->file = "/etc/tcp.smtp";
	rules->cdb = "/etc/tcp.smtp.cdb";
	MEM_ROOM(qmail->rules, qmail->rules_count, qmail->rules_capacity);
	qmail->rules[qmail->rules_count++] = rules;
	return rules;
}

static void take_part(struct qmail *qmail, unsigned part, const char *at, size_t len)
{
	if (part < 2)
		qmail_rules_text(qmail->config, add_rules(qmail), part == 1, at, len);
	else if (part == 2)
		qmail_script_read(qmail, "/service/qmail-smtpd/run", at, len);
	else if (part == 3)
		qmail_hosts_take(qmail, &qmail->hosts, "/var/qmail/control/rcpthosts", at, len);
	else
		qmail_rules_cdb(qmail->config, add_rules(qmail), at, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = { .pool = pool_new(), .kind = &config_qmail };
	struct qmail *qmail = mem_new(sizeof *qmail);
	char *text = mem_bytes((const char *)data, size);
	size_t at = 0;

	config.state = qmail;
	qmail->config = &config;
	qmail->files = (struct config_files){ .root = "/proc/self/fdinfo", .left = CONFIG_ALL_MOST };
	qmail->six = size % 2 == 1;
	for (unsigned part = 0; part < 4 && (part == 0 || at < size); part++) {
		size_t len = part < 3 ? told_part(text + at, size - at) : size - at;

		/* The rules are read as both programs that compile them do. */
		if (part == 0)
			take_part(qmail, 0, text + at, len);
		take_part(qmail, part + 1, text + at, len);
		at += len + 3;
	}
	for (size_t i = 0; i < qmail->rules_count && qmail->service_count < QMAIL_SERVICES_MOST; i++) {
		MEM_ROOM(qmail->services, qmail->service_count, qmail->service_capacity);
		qmail->services[qmail->service_count++] = (struct qmail_service){ .name = "smtp", .place = "run:1", .looks_up_name = true, .rules = qmail->rules[i] };
	}
	qmail_grants(qmail);
	told_check(&config);
	told_ask(&config, "198.51.100.7", NULL);
	told_ask(&config, "2001:db8::1", "a.example.net");
	config_release(&config);
	free(text);
	return 0;
}
