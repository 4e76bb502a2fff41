/* SPDX-License-Identifier: Apache-2.0 */
/*
 * masks.c - grants that are too wide, and what does nothing
 *
 * A public network of /16 or more is a provider, not an office; down to /23 it is
 * hardly one's own; a smaller one is to be confirmed.  A private network opens
 * nothing to the world unless strangers arrive from it, which they do behind a
 * container host's bridge.
 */
#include "audit/masks.h"

#include <stdlib.h>
#include <string.h>

#include "audit/finding_parts.h"
#include "audit/space.h"
#include "base/mem.h"
#include "base/text.h"
#include "mta/config.h"

/* What is left of a grant's addresses when loopback and the operator's own are taken out. */
struct extent {
	struct prefixset others;
	struct prefixset parts[SPACES];
};

/* Whether a set has more addresses than a prefix of this length. */
static bool is_wider(const struct prefixset *set, int family, unsigned length)
{
	char digits[PREFIXSET_COUNT], limit[PREFIXSET_COUNT];
	struct prefixset one = PREFIXSET_INIT;
	struct prefix prefix;
	size_t a, b;

	prefix_of(&(struct address){ .family = family }, length, &prefix);
	prefixset_add(&one, &prefix);
	prefixset_settle(&one);
	prefixset_count(set, family, digits);
	prefixset_count(&one, family, limit);
	prefixset_release(&one);
	a = strlen(digits);
	b = strlen(limit);
	return a > b || (a == b && strcmp(digits, limit) > 0);
}

static bool is_at_least(const struct prefixset *set, int family, unsigned length)
{
	return is_wider(set, family, length + 1);
}

static void find_extent(const struct grant *grant, const struct prefixset *own, struct extent *reach)
{
	*reach = (struct extent){ .others = PREFIXSET_INIT };
	prefixset_subtract(&reach->others, &grant->addresses, own);
	for (int space = 0; space < SPACES; space++)
		space_part(&reach->others, (enum space)space, &reach->parts[space]);
}

static void extent_release(struct extent *reach)
{
	prefixset_release(&reach->others);
	for (int space = 0; space < SPACES; space++)
		prefixset_release(&reach->parts[space]);
}

/* -1: nothing to be said. */
static int severity_of(const struct extent *reach)
{
	/* Documentation networks are nobody's, and stand for public ones. */
	static const enum space others[] = { SPACE_PUBLIC, SPACE_RESERVED };
	int worst = -1;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		const struct prefixset *set = &reach->parts[others[i]];
		int severity = is_wider(set, AF_INET, 16) || is_wider(set, AF_INET6, 32) ? SEVERITY_CRITICAL :
			       is_at_least(set, AF_INET, 23) || is_at_least(set, AF_INET6, 47) ? SEVERITY_HIGH :
			       is_at_least(set, AF_INET, 28) || is_at_least(set, AF_INET6, 63) ? SEVERITY_LOW : -1;

		worst = severity > worst ? severity : worst;
	}
	if (worst < SEVERITY_HIGH && is_wider(&reach->parts[SPACE_CARRIER], AF_INET, 32))
		worst = SEVERITY_HIGH;
	if (worst < SEVERITY_MEDIUM && (is_at_least(&reach->parts[SPACE_PRIVATE], AF_INET, 16) || is_wider(&reach->parts[SPACE_PRIVATE], AF_INET6, 48)))
		worst = SEVERITY_MEDIUM;
	return worst;
}

static const char *kind_of(const struct extent *reach)
{
	if (!prefixset_is_empty(&reach->parts[SPACE_PUBLIC]))
		return "public addresses, whoever has them";
	if (!prefixset_is_empty(&reach->parts[SPACE_CARRIER]))
		return "the shared addresses of providers' customers (RFC 6598)";
	if (!prefixset_is_empty(&reach->parts[SPACE_PRIVATE]))
		return "private addresses, from which whoever is in such a network may come, and behind NAT or a proxy everybody";
	return "addresses that are set aside for documentation or the like";
}

static void say_numbers(struct finding *finding, const struct grant *grant)
{
	struct prefixset_range range = prefixset_range(&grant->addresses, 0);
	char first[ADDRESS_TEXT], last[ADDRESS_TEXT], digits[PREFIXSET_COUNT], grouped[TEXT_GROUPED], share[40];

	address_print(&range.first, first);
	address_print(&range.last, last);
	prefixset_count(&grant->addresses, AF_UNSPEC, digits);
	if (grant->network.first.family == 0) {
		finding_add_evidence(finding, mem_printf("%s covers %s addresses", grant->value, text_group(digits, grouped)));
		return;
	}
	space_share(&grant->network, share);
	finding_add_evidence(finding, mem_printf("%s covers %s to %s: %s address%s, %s", grant->value, first, last, text_group(digits, grouped),
						 strcmp(digits, "1") == 0 ? "" : "es", share));
}

static void say_place(struct finding *finding, const struct grant *grant)
{
	finding_add_evidence(finding, mem_printf("%s: %s: %s%s%s", grant->source, grant->setting, grant->value,
						 grant->service != NULL ? ", of the service " : "", grant->service != NULL ? grant->service : ""));
}

/* Something is wide and not in force: the obvious repair opens it. */
static enum severity held_back(const struct grant *grant, int severity)
{
	return grant->in_force || severity <= SEVERITY_HIGH ? (enum severity)severity : SEVERITY_HIGH;
}

static struct finding *add(struct findings *findings, const char *id, enum severity severity, const struct grant *grant, char *title)
{
	struct finding *finding = finding_add(findings, id, severity, title, mem_text(grant->source));

	say_place(finding, grant);
	return finding;
}

static void finish(struct finding *finding, const struct grant *grant, const char *fix)
{
	if (!grant->in_force)
		finding_add_evidence(finding, mem_printf("it is not in force as things stand: %s", grant->idle_because));
	finding->fix = mem_text(fix);
}

static void of_addresses(const struct grant *grant, const struct prefixset *own, struct findings *findings)
{
	struct extent reach;
	struct finding *finding;
	const char *bridge;
	int severity;

	find_extent(grant, own, &reach);
	severity = severity_of(&reach);
	bridge = prefixset_is_empty(&reach.others) ? NULL : space_bridge(&grant->network);
	if (bridge != NULL) {
		finding = add(findings, "trust-bridge", held_back(grant, SEVERITY_MEDIUM), grant,
			      mem_printf("%s trusts %s: every stranger may arrive from there", grant->setting, bridge));
		say_numbers(finding, grant);
		finding_add_evidence(finding, mem_text("where a container host forwards a port through its own proxy, or masquerades, the server sees "
						       "each client of the world as an address of this network"));
		finish(finding, grant, "trust the address of each container that has to relay, or let it log in; and scan from outside, over IPv4 and IPv6");
	} else if (severity >= 0) {
		finding = add(findings, "trust-oversized", held_back(grant, severity), grant,
			      mem_printf("%s trusts %s%s", grant->setting, grant->covers, grant->in_force ? "" : " as soon as it is mended"));
		say_numbers(finding, grant);
		finding_add_evidence(finding, mem_printf("these are %s", kind_of(&reach)));
		finish(finding, grant, grant->host_bits ? "write the one address without a mask, if it was meant; a network with its own mask, if all of it is yours" :
							  "name only addresses that are yours; what is, list in own-networks of relayaudit.yml");
	}
	extent_release(&reach);
}

bool masks_is_narrow(const struct grant *grant, const struct prefixset *own)
{
	struct extent reach;
	bool narrow;

	find_extent(grant, own, &reach);
	narrow = severity_of(&reach) <= SEVERITY_LOW && (prefixset_is_empty(&reach.others) || space_bridge(&grant->network) == NULL);
	extent_release(&reach);
	return narrow;
}

static void of_name(const struct grant *grant, const struct prefixset *own, struct findings *findings)
{
	bool everybody = strcmp(grant->covers, "unknown") == 0, any = strcmp(grant->covers, "*") == 0;
	bool top = strpbrk(grant->covers, ".:/^$") == NULL && strcmp(grant->covers, "localhost") != 0;
	struct finding *finding;

	(void)own;
	finding = add(findings, "trust-by-name", held_back(grant, top ? SEVERITY_CRITICAL : SEVERITY_MEDIUM), grant,
		      everybody ? mem_text("every client without a host name is trusted") :
				  mem_printf("%s are trusted by name: %s", any ? "all clients that have a name" : top ? "all hosts of a top-level domain" : "clients", grant->covers));
	finding_add_evidence(finding, mem_text(everybody ? "Postfix calls a client unknown whose address has no name, or one that does not lead back to it" :
							   "who runs the DNS of that name says which addresses may relay"));
	finish(finding, grant, "name addresses instead, or let clients log in");
}

static void of_helo(const struct grant *grant, const struct prefixset *own, struct findings *findings)
{
	struct finding *finding = add(findings, "trust-by-name", held_back(grant, SEVERITY_HIGH), grant,
				      mem_printf("whoever says a name in HELO may relay: %s", grant->covers));

	(void)own;
	finding_add_evidence(finding, mem_text("anyone can say any name"));
	finish(finding, grant, "name addresses instead, or let clients log in");
}

static void of_sender(const struct grant *grant, const struct prefixset *own, struct findings *findings)
{
	struct finding *finding = add(findings, "sender-based-relay", held_back(grant, SEVERITY_HIGH), grant,
				      mem_printf("whoever uses a sender address may relay: %s", grant->covers));

	(void)own;
	finding_add_evidence(finding, mem_text("anyone can use any sender address, and spammers try those of the server's own domains first"));
	finish(finding, grant, "let clients log in; a sender address proves nothing");
}

static void of_anyone(const struct grant *grant, const struct prefixset *own, struct findings *findings)
{
	struct finding *finding = add(findings, "trust-oversized", held_back(grant, SEVERITY_CRITICAL), grant, mem_text("everybody may relay"));

	(void)own;
	finding_add_evidence(finding, mem_text("it asks for no address, name or login, and stands before what refuses outside recipients"));
	finish(finding, grant, "take it out, and let only your own addresses, and who logs in, pass by what refuses outside recipients");
}

static void of_recipient(const struct grant *grant, const struct prefixset *own, struct findings *findings)
{
	bool backup = strcmp(grant->value, "permit_mx_backup") == 0 || strcmp(grant->value, "relay_based_on_MX") == 0;
	struct finding *finding;

	(void)own;
	if (!backup && strchr(grant->covers, '.') != NULL)
		return;
	finding = add(findings, "trust-by-name", held_back(grant, backup ? SEVERITY_MEDIUM : SEVERITY_HIGH), grant,
		      backup ? mem_text("mail is taken for every domain that names this server as its MX") :
			       mem_printf("anyone may send to whatever fits %s", grant->covers));
	finding_add_evidence(finding, mem_text(backup ? "who owns a domain can name any server as its MX" : "it holds for recipients outside, too"));
	finish(finding, grant, "list the domains in relay_domains");
}

static void (*const judges[GRANT_TOS])(const struct grant *grant, const struct prefixset *own, struct findings *findings) = {
	[GRANT_ADDRESSES] = of_addresses, [GRANT_NAME] = of_name,	    [GRANT_HELO] = of_helo,
	[GRANT_SENDER] = of_sender,	  [GRANT_RECIPIENT] = of_recipient, [GRANT_ANYONE] = of_anyone,
};

/* By kind of fact; XCLIENT and PROXY depend on whom they trust. */
static const struct {
	const char *id;
	enum severity severity;
} facts[FACT_KINDS] = {
	[FACT_HOST_BITS] = { "trust-host-bits", SEVERITY_HIGH },	 [FACT_CLASS_STYLE] = { "trust-class-style", SEVERITY_HIGH },
	[FACT_SUBNET_STYLE] = { "trust-class-style", SEVERITY_MEDIUM },	 [FACT_SHADOWED] = { "rule-shadowed", SEVERITY_LOW },
	[FACT_DEAD] = { "rule-dead", SEVERITY_LOW },			 [FACT_CUT_SHORT] = { "list-cut-short", SEVERITY_MEDIUM },
	[FACT_DUPLICATE] = { "duplicate-setting", SEVERITY_LOW },	 [FACT_SYNTAX] = { "config-syntax", SEVERITY_MEDIUM },
	[FACT_NOT_EVALUATED] = { "not-evaluated", SEVERITY_INFO },	 [FACT_REFUSES_SERVICE] = { "refuses-service", SEVERITY_HIGH },
	[FACT_XCLIENT] = { "xclient-open", SEVERITY_MEDIUM },		 [FACT_PROXY] = { "proxy-open", SEVERITY_MEDIUM },
	[FACT_BACKSCATTER] = { "backscatter-config", SEVERITY_MEDIUM },
	[FACT_STALE] = { "config-stale", SEVERITY_MEDIUM },
	[FACT_FORGED_NAME] = { "trust-by-name", SEVERITY_HIGH },
};

/* -1: those are the machine's own. */
static int severity_of_xclient(const struct fact *fact, const struct prefixset *own)
{
	struct grant as = { .addresses = fact->addresses };
	struct extent reach;
	int severity;

	if (prefixset_is_empty(&fact->addresses))
		return SEVERITY_MEDIUM;
	find_extent(&as, own, &reach);
	severity = severity_of(&reach);
	if (severity < SEVERITY_LOW && (!prefixset_is_empty(&reach.parts[SPACE_LINK]) || !prefixset_is_empty(&reach.parts[SPACE_PRIVATE]) ||
					!prefixset_is_empty(&reach.parts[SPACE_PUBLIC])))
		severity = SEVERITY_LOW;
	extent_release(&reach);
	return severity;
}

static void of_fact(const struct fact *fact, const struct prefixset *own, struct findings *findings)
{
	int severity = fact->kind == FACT_XCLIENT ? severity_of_xclient(fact, own) : (int)facts[fact->kind].severity;
	struct finding *finding;

	if (severity < 0)
		return;
	finding = finding_add(findings, facts[fact->kind].id, (enum severity)severity, mem_text(fact->title), mem_text(fact->source));
	if (fact->text != NULL)
		finding_add_evidence(finding, mem_text(fact->text));
	finding_add_evidence(finding, mem_text(fact->says));
	finding->fix = mem_text(fact->fix);
}

void masks_findings(const struct config *config, const struct prefixset *own, struct findings *findings, bool *open)
{
	*open = false;
	for (size_t i = 0; i < config->grant_count; i++) {
		const struct grant *grant = &config->grants[i];
		size_t before = findings->count;

		if (judges[grant->to] != NULL)
			judges[grant->to](grant, own, findings);
		*open = *open || (findings->count > before && grant->in_force && findings->rows[before].severity >= SEVERITY_HIGH);
	}
	for (size_t i = 0; i < config->fact_count; i++)
		of_fact(&config->facts[i], own, findings);
	findings_sort(findings);
}

static bool has(const struct findings *findings, const char *id, enum severity least)
{
	for (size_t i = 0; i < findings->count; i++)
		if (strcmp(findings->rows[i].id, id) == 0 && findings->rows[i].severity >= least && findings->rows[i].excused == NULL)
			return true;
	return false;
}

bool masks_is_unsure(const struct findings *findings)
{
	return has(findings, "not-evaluated", SEVERITY_INFO) || has(findings, "refuses-service", SEVERITY_INFO);
}
