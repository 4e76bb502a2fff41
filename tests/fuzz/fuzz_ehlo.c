/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_ehlo.c - whatever a server says of itself and of us
 *
 * The bytes are a greeting and an answer to EHLO, as on the wire.  What is
 * learned of them goes into reports, so that it has to be safe to show.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/learn.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "smtp/capability.h"
#include "smtp/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_printable(const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		check(*text >= ' ' && *text <= '~');
}

/* An audit of one endpoint, from a vantage that calls itself so. */
static struct audit *make_audit(const char *helo, struct vantage **vantage)
{
	static const struct audit_settings settings = { .max_sessions = 1, .jobs = 1 };
	static const struct port port = { .number = 25 };
	struct audit *audit = audit_new(&settings);
	struct err err = ERR_INIT;
	struct address address;
	struct target *target;

	check(address_parse("127.0.0.1", &address, &err) == 0);
	target = target_approve("mx.host.test", &address, 1, PERMISSION_NONE, &err);
	check(target != NULL);
	target_add_domain(target, "host.test");
	*vantage = vantage_parse("local", &err);
	check(*vantage != NULL);
	(*vantage)->helo = mem_text(helo);
	audit->vantages = vantage;
	audit->vantage_count = 1;
	audit_prepare(audit, audit_add_target(audit, target, NULL, &port, 1));
	return audit;
}

static void learn(const struct reply *greeting, const struct reply *hello, const char *helo)
{
	struct session_facts facts = { .capabilities = capability_parse(hello) };
	struct buf banner = BUF_OWN, answer = BUF_OWN;
	struct vantage *vantage;
	struct audit *audit = make_audit(helo, &vantage);
	struct view *view = audit->hosts[0]->views;

	check(facts.capabilities < 1u << 20);
	reply_print(greeting, &banner);
	reply_print(hello, &answer);
	facts.banner = banner.data;
	facts.hello = answer.data;
	learn_from(audit, view, &facts);
	check_printable(view->banner);
	check_printable(view->hello);
	check_printable(view->seen_as);
	check_printable(audit->hosts[0]->hostname);
	check(view->seen_as == NULL || view->seen_as[0] != '\0');
	check(strlen(audit->hosts[0]->hostname) < 256);
	audit_free(audit);
	vantage_free(vantage);
	buf_release(&banner);
	buf_release(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct reply_reader first, second;
	struct reply greeting, hello;
	size_t used, more;

	reply_reader_init(&first);
	reply_reader_init(&second);
	if (reply_read(&first, bytes, size, &used, &greeting) == REPLY_READY &&
	    reply_read(&second, bytes + used, size - used, &more, &hello) == REPLY_READY) {
		learn(&greeting, &hello, "tester.example.net");
		learn(&greeting, &hello, "[192.0.2.7]");
	}
	reply_reader_release(&first);
	reply_reader_release(&second);
	return 0;
}
