/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding_proof.c - findings from what a sink saw, and from what the server saw
 */
#include <string.h>

#include "audit/finding_parts.h"
#include "audit/verdict.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/address.h"
#include "probe/probe.h"

enum {
	/* Enough to see that it is no accident. */
	BOUNCES_SHOWN = 5
};

static const char *backscatter_fix(const char *mta)
{
	static const struct {
		const char *mta;
		const char *fix;
	} rows[] = {
		{ "postfix", "name who exists: local_recipient_maps or virtual_mailbox_maps for own domains, relay_recipient_maps for "
			     "relay_domains; and let no smtpd_recipient_restrictions accept before reject_unlisted_recipient" },
		{ "qmail", "check recipients while the client waits: a patch or plugin such as realrcptto or validrcptto, or a front end that does" },
		{ "exim", "add `verify = recipient` to the statements of acl_smtp_rcpt that accept" },
		{ "sendmail", "list the recipients of relayed domains in the access map or by LDAP routing, and bounce nothing later" },
		{ "courier", "let esmtpacceptmailfor name domains only whose mailboxes are known here" },
		{ "exchange", "switch recipient filtering on, and block messages to recipients that do not exist" },
	};

	for (size_t i = 0; mta != NULL && i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].mta, mta) == 0)
			return rows[i].fix;
	return "refuse unknown recipients in the dialogue, while the sender is still connected, instead of bouncing later";
}

/* What a relay sends back of mail for the outside is its duty; of mail for itself, it should have been refused. */
static bool is_backscatter(const struct attempt *attempt)
{
	bool outside = attempt->route == ROUTE_VICTIM || attempt->route == ROUTE_OTHER;

	return attempt->bounced && (!outside || attempt->probe->shown == SHOWN_BY_BOUNCE);
}

static void of_bounces(const struct audit *audit, struct findings *findings, const struct view *view)
{
	struct finding *finding = NULL;
	size_t bounced = 0;

	for (size_t i = 0; i < view->count; i++) {
		const struct attempt *attempt = &view->attempts[i];

		if (!is_backscatter(attempt))
			continue;
		if (finding == NULL) {
			finding = finding_add(findings, "backscatter", SEVERITY_MEDIUM,
					      mem_text("accepts what it cannot deliver, and bounces it to a forged sender"), finding_where(audit, view));
			finding->host = view->host;
			finding->view = view;
			finding->fix = mem_text(backscatter_fix(view->host->mta));
		}
		if (bounced++ < BOUNCES_SHOWN)
			finding_add_evidence(finding, mem_printf("%s: RCPT TO:<%s>, %s", attempt->probe->name,
								 attempt->rcpt_to ? attempt->rcpt_to : "", attempt->evidence ? attempt->evidence : ""));
	}
	if (bounced > BOUNCES_SHOWN)
		finding_add_evidence(finding, mem_printf("and %zu more", bounced - BOUNCES_SHOWN));
}

/*
 * Whether the server takes the client for another.  A client behind a NAT of its own has a private address here
 * and another one there; that is as it should be.
 */
static bool is_lost(const struct view *view, struct address *seen)
{
	struct address own = view->local;
	struct err not_address = ERR_INIT;

	if (view->seen_as == NULL || own.family == 0 || address_parse(view->seen_as, seen, &not_address) != 0)
		return false;
	address_unmap(seen);
	address_unmap(&own);
	if (address_equal(seen, &own))
		return false;
	return address_is_private(seen) || !address_is_private(&own);
}

static void of_lost_address(const struct audit *audit, struct findings *findings, const struct view *view)
{
	struct address seen;
	char own[ADDRESS_TEXT];
	struct finding *finding;

	if (!is_lost(view, &seen))
		return;
	address_print(&view->local, own);
	finding = finding_add(findings, "client-address-lost", SEVERITY_HIGH, mem_text("the server sees another client address than the client has"),
			      finding_where(audit, view));
	finding->host = view->host;
	finding->view = view;
	finding->fix = mem_text("let the address through: publish the port without a proxy or masquerading (container host network, or routing without "
				"SNAT; externalTrafficPolicy: Local), or let the balancer speak the PROXY protocol and the server believe it from there "
				"only; until then, trust no network that the gateway stands in");
	finding_add_evidence(finding, mem_printf("the client is %s, and the server takes it for %s", own, view->seen_as));
	finding_add_evidence(finding, mem_text("whoever comes this way has that address: what is allowed to it is allowed to every stranger"));
}

static void of_offered_xclient(const struct audit *audit, struct findings *findings, const struct view *view)
{
	struct finding *finding;

	if (!verdict_xclient_untried(view))
		return;
	finding = finding_add(findings, "xclient-open", SEVERITY_MEDIUM, mem_text("XCLIENT is offered: a client may say that it is another"),
			      finding_where(audit, view));
	finding->host = view->host;
	finding->view = view;
	finding->fix = mem_text("grant XCLIENT to your own proxies and tests alone: smtpd_authorized_xclient_hosts (Postfix), "
				"config/xclient.hosts (Haraka)");
	finding_add_evidence(finding, mem_printf("the server said: %s", view->hello));
	finding_add_evidence(finding, mem_text("whether it believes what is said there, was not tried: --suite all --confirm tries it"));
}

void findings_of_proof(const struct audit *audit, struct findings *findings, const struct view *view)
{
	of_bounces(audit, findings, view);
	of_lost_address(audit, findings, view);
	of_offered_xclient(audit, findings, view);
}
