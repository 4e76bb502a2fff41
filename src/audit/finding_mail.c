/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding_mail.c - conclusions from a log
 *
 * Strangers' mail that left the server is critical, whatever was configured and
 * whenever it was.  What could not be read is told beside it, never instead.
 */
#include "audit/finding_parts.h"

#include <string.h>

#include "audit/let_in.h"
#include "audit/strangers.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "mta/grant.h"
#include "mta/make.h"

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* Advice for a server's make; the last row is for all others. */
struct advice {
	const char *make;
	const char *text;
};

static const struct advice relay_advice[] = {
	{ "postfix", "find what let these clients in (postconf mynetworks smtpd_relay_restrictions), close it, and then look at the queue (postqueue -p): it goes on sending what was accepted before" },
	{ "exim", "find what let these clients in (exim -bP +relay_from_hosts, or acl_check_rcpt), close it, and then look at the queue (exim -bp): it goes on sending what was accepted before" },
	{ "sendmail", "find what let these clients in (the access map, relay-domains, FEATUREs of sendmail.mc), close it, and then look at the queue (mailq): it goes on sending what was accepted before" },
	{ "qmail", "find what sets RELAYCLIENT for these clients (tcprules), close it, and then look at the queue (qmail-qread): it goes on sending what was accepted before" },
	{ "opensmtpd", "find the rule that matches these clients (match from ... for any in smtpd.conf), close it, and then look at the queue (smtpctl show queue): it goes on sending what was accepted before" },
	{ NULL, "find what let these clients in, close it, and then look at the queue: it goes on sending what was accepted before" },
};

static const struct advice bounce_advice[] = {
	{ "postfix", "refuse unknown users while the client is there: keep local_recipient_maps, and give relay_recipient_maps and virtual_mailbox_maps for the other domains" },
	{ "exim", "refuse unknown users while the client is there: 'require verify = recipient' in acl_check_rcpt, with /callout for domains that are relayed to" },
	{ "sendmail", "refuse unknown users while the client is there: list the mailboxes of domains that are relayed to (To: entries of the access map), or ask the next server by a milter" },
	{ "qmail", "refuse unknown users while the client is there: qmail-smtpd as it is knows no users; it takes a patch or a front end that checks recipients" },
	{ "opensmtpd", "refuse unknown users while the client is there: name the mailboxes in the rule (match ... rcpt-to <table>)" },
	{ NULL, "refuse unknown users while the client is there, instead of taking their mail and sending it back" },
};

static const char *advice_for(const struct advice *rows, const char *make)
{
	while (rows->make != NULL && (make == NULL || strcmp(rows->make, make) != 0))
		rows++;
	return rows->text;
}

/* The very lines that let them in. */
static void add_grants(struct finding *finding, const struct let_in *let_in)
{
	enum { SHOWN = 5 };

	for (size_t i = 0; i < let_in->count && i < SHOWN; i++) {
		const struct let_in_row *row = &let_in->rows[i];

		finding_add_evidence(finding, mem_printf("%s lets in %zu of these clients, with %zu message%s: %s: %s", row->grant->source, row->clients, row->messages,
							 plural(row->messages), row->grant->setting, row->grant->value));
	}
	if (let_in->count > SHOWN)
		finding_add_evidence(finding, mem_printf("and %zu more grants do", let_in->count - SHOWN));
	if (let_in->clients_by_none != 0)
		finding_add_evidence(finding, mem_printf("no grant by address lets in %zu of these clients, as the configuration stands now: it was changed since, or "
							 "what let them in looks at names, senders or recipients", let_in->clients_by_none));
}

static void of_relayed(const struct strangers *mail, const struct mail_context *context, struct findings *findings)
{
	struct finding *finding;
	char first[CLOCK_STAMP], last[CLOCK_STAMP];

	if (mail->messages == 0)
		return;
	finding = finding_add(findings, "strangers-mail", SEVERITY_CRITICAL,
			      mem_printf("%zu message%s of strangers went out, to %zu foreign recipient%s", mail->messages, plural(mail->messages),
					 mail->recipients, plural(mail->recipients)),
			      mem_text(context->where));
	finding_add_top(finding, "from clients that are neither own nor authenticated:", &mail->clients);
	finding_add_top(finding, "senders:", &mail->senders);
	finding_add_top(finding, "recipients' domains:", &mail->domains);
	if (mail->first != 0) {
		clock_stamp(mail->first, first);
		clock_stamp(mail->last, last);
		finding_add_evidence(finding, mail->first == mail->last ? mem_printf("taken at %s", first) : mem_printf("taken from %s to %s", first, last));
	}
	if (context->let_in != NULL)
		add_grants(finding, context->let_in);
	if (mail->private_clients != 0)
		finding_add_evidence(finding, mem_printf("%zu of them came from private addresses that no own-networks name: a network of yours, or a bridge or "
							 "proxy that hides whose the mail was", mail->private_clients));
	finding->fix = mem_text(advice_for(relay_advice, context->make));
}

static void of_waiting(const struct strangers *mail, const char *where, const char *make, struct findings *findings)
{
	struct finding *finding;

	if (mail->accepted_foreign == 0)
		return;
	finding = finding_add(findings, "strangers-mail", SEVERITY_HIGH,
			      mem_printf("%zu message%s of strangers to foreign recipients %s accepted, and not delivered yet, or bounced", mail->accepted_foreign,
					 plural(mail->accepted_foreign), mail->accepted_foreign == 1 ? "was" : "were"),
			      mem_text(where));
	finding->fix = mem_text(advice_for(relay_advice, make));
}

static void of_backscatter(const struct strangers *mail, const char *where, const char *make, struct findings *findings)
{
	struct finding *finding;

	if (mail->backscatter == 0)
		return;
	finding = finding_add(findings, "backscatter", SEVERITY_MEDIUM,
			      mem_printf("%zu bounce%s went to strangers, for mailboxes that do not exist here", mail->backscatter, plural(mail->backscatter)),
			      mem_text(where));
	finding_add_top(finding, "to:", &mail->bounce_senders);
	finding_add_evidence(finding, mem_text("who sends with a forged address has the bounce sent to whom they like"));
	finding->fix = mem_text(advice_for(bounce_advice, make));
}

static void of_lost_address(const struct strangers *mail, const struct mail_context *context, struct findings *findings)
{
	for (size_t i = 0; i < mail->run_clients.count && context->vantage_count != 0; i++) {
		const struct tally_row *row = &mail->run_clients.rows[i];
		struct finding *finding;
		bool own = false;

		for (size_t v = 0; v < context->vantage_count; v++)
			own = own || strcmp(context->vantages[v], row->text) == 0;
		if (own)
			continue;
		finding = finding_add(findings, "client-address-lost", SEVERITY_HIGH,
				      mem_printf("the server saw %zu attempt%s of the scan come from %s, which is no vantage's own address", row->count,
						 plural(row->count), row->text),
				      mem_text(context->where));
		finding_add_evidence(finding, mem_text("whoever comes by the same way is taken for that client, and gets its rights"));
		finding->fix = mem_text("let the server see the real address (no masquerading on the way in, or the PROXY protocol), or take that address out of what it trusts");
	}
}

void findings_of_mail(const struct strangers *mail, const struct mail_context *context, struct findings *findings)
{
	*findings = (struct findings){ .count = 0 };
	of_relayed(mail, context, findings);
	of_waiting(mail, context->where, context->make, findings);
	of_lost_address(mail, context, findings);
	of_backscatter(mail, context->where, context->make, findings);
	for (size_t i = 0; i < context->gap_count; i++) {
		struct finding *finding = finding_add(findings, "scan-incomplete", SEVERITY_LOW, mem_printf("could not tell: %s", context->gaps[i]),
						      mem_text(context->where));

		finding->fix = mem_text("");
	}
}
