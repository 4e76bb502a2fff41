/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan_setup.c - from options to an audit
 *
 * Everything that can be wrong is found here, before the first connection.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/pool.h"
#include "cmd/look.h"
#include "cmd/scan.h"
#include "cmd/scan_check.h"
#include "cmd/scan_proof.h"
#include "net/resolve.h"
#include "probe/probe.h"

enum { LOOKUP_TIME = 10 * CLOCK_S };

void scan_options_release(struct scan_options *options)
{
	option_list_release(&options->ports);
	option_list_release(&options->domains);
	option_list_release(&options->from);
	option_list_release(&options->from_helos);
	option_list_release(&options->probes);
	option_list_release(&options->skip);
	option_list_release(&options->directories);
	option_list_release(&options->outputs);
}

static int probe_error(struct err *err, const char *name, const char *meant)
{
	return scan_no_such(err, "probe", name, meant, "relayaudit probes list shows all");
}

static void choose_suite(const struct scan_options *options, struct scan_probes *probes)
{
	probes->suite = options->suite ? (enum suite)suite_find(options->suite) : SUITE_DEFAULT;
	probes->chosen = catalogue_suite(&probes->catalogue, probes->suite, &probes->count);
	probes->title = mem_text(suite_name(probes->suite));
}

static int choose_named(const struct scan_options *options, struct scan_probes *probes, struct err *err)
{
	probes->suite = options->suite && suite_find(options->suite) == SUITE_CLASSIC ? SUITE_CLASSIC : SUITE_DEFAULT;
	probes->chosen = mem_new((options->probes.count + 1) * sizeof *probes->chosen);
	for (size_t i = 0; i < options->probes.count; i++) {
		const char *meant = NULL;
		const struct probe *probe = catalogue_find(&probes->catalogue, options->probes.texts[i], &meant);

		if (probe == NULL)
			return probe_error(err, options->probes.texts[i], meant);
		if (probe->control != CONTROL_NONE)
			return err_set(err, ERR_USAGE, "'%s' is a control: it runs with every scan", probe->name);
		probes->chosen[probes->count++] = probe;
	}
	probes->title = mem_text("named");
	return 0;
}

static int leave_out(const struct scan_options *options, struct scan_probes *probes, struct err *err)
{
	for (size_t i = 0; i < options->skip.count; i++) {
		const char *meant = NULL;
		const struct probe *probe = catalogue_find(&probes->catalogue, options->skip.texts[i], &meant);
		size_t kept = 0;

		if (probe == NULL)
			return probe_error(err, options->skip.texts[i], meant);
		if (probe->control != CONTROL_NONE)
			return err_set(err, ERR_USAGE, "'%s' is a control: no scan can do without it", probe->name);
		for (size_t k = 0; k < probes->count; k++)
			if (probes->chosen[k] != probe)
				probes->chosen[kept++] = probes->chosen[k];
		probes->count = kept;
	}
	return probes->count ? 0 : err_set(err, ERR_USAGE, "no probe is left to run");
}

int scan_choose_manner(const struct scan_options *options, struct scan_manner *manner, struct err *err)
{
	bool terminal = isatty(STDERR_FILENO) == 1 && !options->quiet;

	manner->fail_on = options->fail_on ? (enum severity)severity_find(options->fail_on) : SEVERITY_HIGH;
	if (look_make(options->color, options->verbose, &manner->look, err) != 0)
		return -1;
	return look_when(options->progress, terminal, &manner->progress, err);
}

/* What sends messages, or may disturb, has to be asked for in so many words. */
static int check_messages(const struct scan_options *options, const struct scan_probes *probes, struct err *err)
{
	if (options->confirm)
		return 0;
	for (size_t i = 0; i < probes->count; i++)
		if (probes->chosen[i]->sends_message || probes->chosen[i]->intrusive)
			return err_set(err, ERR_USAGE, "the probe '%s' %s: it runs with --confirm only", probes->chosen[i]->name,
				       probes->chosen[i]->sends_message ? "sends a message" : "is intrusive");
	return 0;
}

int scan_choose_probes(const struct scan_options *options, struct scan_probes *probes, struct err *err)
{
	if (catalogue_read(&probes->catalogue, catalogue_directory(), false, stderr, err) != 0)
		return -1;
	for (size_t i = 0; i < options->directories.count; i++)
		if (catalogue_read(&probes->catalogue, options->directories.texts[i], true, stderr, err) != 0)
			return -1;
	if (probes->catalogue.known_local == NULL || probes->catalogue.unknown_local == NULL)
		return err_set(err, ERR_USAGE, "%s has no controls: ctl-known-local and ctl-unknown-local are needed",
			       catalogue_directory());
	if (options->probes.count == 0)
		choose_suite(options, probes);
	else if (choose_named(options, probes, err) != 0)
		return -1;
	return leave_out(options, probes, err) != 0 ? -1 : check_messages(options, probes, err);
}

void scan_probes_release(struct scan_probes *probes)
{
	catalogue_release(&probes->catalogue);
	free(probes->chosen);
	free(probes->title);
}

/* "25,587/starttls" */
static int read_ports(const struct option_list *texts, struct port *ports, size_t *count, struct err *err)
{
	*count = 0;
	for (size_t i = 0; i < texts->count; i++) {
		char *list = mem_text(texts->texts[i]), *rest = list, *word;
		int result = 0;

		while (result == 0 && (word = strsep(&rest, ",")) != NULL) {
			if (*count == TARGET_PORTS_MOST)
				result = err_set(err, ERR_USAGE, "more than %d ports are too many", TARGET_PORTS_MOST);
			else if ((result = port_parse(word, &ports[*count], err)) == 0)
				++*count;
		}
		free(list);
		if (result != 0)
			return -1;
	}
	if (*count == 0) {
		ports[(*count)++] = (struct port){ 25, TLS_MODE_NONE, false };
		ports[(*count)++] = (struct port){ 465, TLS_MODE_IMPLICIT, false };
		ports[(*count)++] = (struct port){ 587, TLS_MODE_NONE, false };
	}
	return 0;
}

/* An honest name that resolves, RFC 5321 4.1.4: the address's own, else this host's, else the address itself. */
static char *own_name(const struct vantage *vantage)
{
	const struct address *address = vantage_address(vantage);
	char name[256] = "", literal[ADDRESS_TEXT];

	if (vantage->client_name != NULL)
		return mem_text(vantage->client_name);
	if (address != NULL) {
		address_print_literal(address, literal);
		return mem_text(literal);
	}
	if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0')
		return mem_text("localhost");
	return mem_text(name);
}

/* A vantage's own goes before that of all. */
static char *helo_of(const struct scan_options *options, size_t index, const struct vantage *vantage)
{
	const char *given = index < options->from_helos.count ? options->from_helos.texts[index] : NULL;

	given = given ? given : options->helo;
	return given ? mem_text(given) : own_name(vantage);
}

static int add_vantages(const struct scan_options *options, struct audit *audit, struct err *err)
{
	size_t count = options->from.count ? options->from.count : 1;

	audit->vantages = mem_new(count * sizeof *audit->vantages);
	for (size_t i = 0; i < count; i++) {
		struct vantage *vantage = vantage_parse(options->from.count ? options->from.texts[i] : "local", err);

		if (vantage == NULL)
			return -1;
		audit->vantages[audit->vantage_count++] = vantage;
		for (size_t k = 0; k + 1 < audit->vantage_count; k++)
			if (strcmp(audit->vantages[k]->name, vantage->name) == 0)
				return err_set(err, ERR_USAGE, "two vantages are called '%.80s'", vantage->name);
		if (vantage_address(vantage) != NULL && !options->dry_run)
			vantage->client_name = resolve_name(vantage_address(vantage), LOOKUP_TIME / 5);
		vantage->helo = helo_of(options, i, vantage);
	}
	return 0;
}

static bool is_among(const struct option_list *domains, const char *domain)
{
	for (size_t i = 0; i < domains->count; i++)
		if (strcasecmp(domains->texts[i], domain) == 0)
			return true;
	return false;
}

static int add_victim(const struct scan_options *options, const struct scan_targets *targets, struct audit *audit, struct err *err)
{
	bool inside = false;

	struct address exchanger = { .family = 0 };
	char text[ADDRESS_TEXT];
	const char *domain;

	audit->victim = victim_approve(options->victim, audit->token, err);
	if (audit->victim == NULL)
		return err_prefix(err, "the victim");
	domain = victim_domain(audit->victim);
	inside = is_among(&options->domains, domain);
	for (size_t i = 0; i < targets->count; i++)
		inside = inside || is_among(&targets->rows[i].domains, domain);
	if (inside)
		return err_set(err, ERR_USAGE, "the victim %s lies in a domain of the target's own: it must be outside",
			       victim_text(audit->victim));
	if (!victim_is_reserved(audit->victim) && !options->dry_run)
		resolve_exchanger(domain, LOOKUP_TIME / 5, &exchanger);
	if (exchanger.family != 0) {
		address_print_literal(&exchanger, text);
		audit->victim_literal = pool_text(audit->pool, text);
	}
	if (options->sender != NULL) {
		audit->settings.sender = options->sender;
	} else {
		char *sender = mem_printf("relayaudit-%s@%s", audit->token, domain);

		audit->settings.sender = pool_text(audit->pool, sender);
		free(sender);
	}
	return 0;
}

/* In a dry run nothing is looked up: the documentation address stands for a name's own. */
static void look_up(const struct scan_options *options, struct resolved *list, size_t count)
{
	struct err ignored = ERR_INIT;

	if (!options->dry_run) {
		resolve_hosts(list, count, LOOKUP_TIME);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (address_parse(list[i].host, &list[i].addresses[0], &ignored) != 0)
			address_parse("192.0.2.1", &list[i].addresses[0], &ignored);
		list[i].count = 1;
	}
}

/* What a target is told to have instead of what DNS says. */
static void take_addresses(const struct scan_target *target, struct resolved *found)
{
	struct err ignored = ERR_INIT;

	found->host = target->host;
	if (target->addresses.count == 0)
		return;
	found->count = 0;
	for (size_t i = 0; i < target->addresses.count && found->count < RESOLVE_ADDRESSES_MOST; i++)
		found->count += address_parse(target->addresses.texts[i], &found->addresses[found->count], &ignored) == 0;
}

/* The name as it was given; of an address its PTR name, which a fleet is not asked for; an alias is none. */
static char *name_of_target(const struct scan_options *options, const struct scan_target *target, const struct resolved *found, bool lone)
{
	static const unsigned char loopback = 127;
	struct address address;
	struct err not_address = ERR_INIT;

	if (target->addresses.count != 0 && strchr(target->host, '.') == NULL)
		return NULL;
	if (address_parse(found->host, &address, &not_address) != 0)
		return mem_text(found->host);
	if (options->dry_run || !lone || address.bytes[0] == loopback)
		return NULL;
	return resolve_name(&address, LOOKUP_TIME / 10);
}

/*
 * A server under two names would get twice the sessions, and a victim whose mail
 * the target itself takes is no outsider: what it accepts is right.
 */
static int check_others(const struct audit *audit, const struct resolved *found, struct err *err)
{
	char text[ADDRESS_TEXT];

	for (size_t i = 0; i < found->count; i++) {
		void **other;

		address_print(&found->addresses[i], text);
		other = pool_beside(audit->pool, text, strlen(text));
		if (other != NULL && *other != NULL)
			return err_set(err, ERR_USAGE, "'%.80s' and '%.80s' are the same server: name it once", (const char *)*other,
				       found->host);
		address_print_literal(&found->addresses[i], text);
		if (audit->victim_literal != NULL && strcmp(text, audit->victim_literal) == 0)
			return err_set(err, ERR_USAGE, "the mail of the victim %s goes to %.80s itself: it must be outside of the target",
				       victim_text(audit->victim), found->host);
	}
	return 0;
}

/* Beside each address, whose it is. */
static void note_addresses(const struct audit *audit, const struct resolved *found)
{
	char text[ADDRESS_TEXT];

	for (size_t i = 0; i < found->count; i++) {
		address_print(&found->addresses[i], text);
		pool_text(audit->pool, text);
		void **owner = pool_beside(audit->pool, text, strlen(text));

		if (*owner == NULL)
			*owner = mem_text(found->host);
	}
}

static enum permission permission_of(const struct scan_options *options, const struct scan_target *target)
{
	return options->mine || options->dry_run ? PERMISSION_MINE : target->listed ? PERMISSION_LISTED : PERMISSION_NONE;
}

static int add_target(const struct scan_options *options, struct audit *audit, const struct scan_target *wanted,
		      const struct resolved *found, bool lone, struct err *err)
{
	const struct option_list *domains = wanted->domains.count ? &wanted->domains : &options->domains;
	struct port ports[TARGET_PORTS_MOST + 3];
	struct target *target;
	struct host *host;
	size_t port_count;
	char *name;

	if (found->count == 0) {
		audit_add_fault(audit, found->host, found->err.text)->line = wanted->line;
		return 0;
	}
	if (check_others(audit, found, err) != 0 ||
	    read_ports(wanted->ports.count ? &wanted->ports : &options->ports, ports, &port_count, err) != 0)
		return -1;
	target = target_approve(found->host, found->addresses, found->count, permission_of(options, wanted), err);
	if (target == NULL)
		return -1;
	note_addresses(audit, found);
	for (size_t i = 0; i < domains->count; i++)
		target_add_domain(target, domains->texts[i]);
	name = name_of_target(options, wanted, found, lone);
	host = audit_add_target(audit, target, name, ports, port_count);
	free(name);
	host->local_user = wanted->local_user;
	host->line = wanted->line;
	if (host->endpoint_count == 0)
		host->fault = options->six ? "it has no IPv6 address, and -6 asks for one" : "it has no IPv4 address, and -4 asks for one";
	return 0;
}

static int add_targets(const struct scan_options *options, struct audit *audit, const struct scan_targets *targets, struct err *err)
{
	struct resolved *list = mem_new(targets->count * sizeof *list);
	int result = 0;

	for (size_t i = 0; i < targets->count && result == 0; i++) {
		const struct scan_target *target = &targets->rows[i];

		/* An address is no question to DNS. */
		list[i].host = target->addresses.count ? target->addresses.texts[0] : target->host;
		result = scan_check_host(target->host, err);
	}
	if (result == 0)
		look_up(options, list, targets->count);
	for (size_t i = 0; i < targets->count && result == 0; i++) {
		take_addresses(&targets->rows[i], &list[i]);
		result = add_target(options, audit, &targets->rows[i], &list[i], targets->count == 1, err);
	}
	free(list);
	return result;
}

struct audit *scan_make_audit(const struct scan_options *options, const struct scan_probes *probes, const struct scan_targets *targets,
			      struct err *err)
{
	struct audit_settings settings = {
		.timeout = options->timeout,
		.retry_after = options->retry_after,
		.max_sessions = options->max_sessions,
		.jobs = options->jobs,
		.transcripts = options->verbose,
		.local_user = options->local_user,
		.mx_domain = options->mx_domain,
		.classic = probes->suite == SUITE_CLASSIC,
		.family = options->four ? AF_INET : options->six ? AF_INET6 : 0,
	};
	struct audit *audit = audit_new(&settings);

	audit->probes = probes->chosen;
	audit->probe_count = probes->count;
	audit->known_local = probes->catalogue.known_local;
	audit->unknown_local = probes->catalogue.unknown_local;
	if (add_vantages(options, audit, err) != 0 || add_victim(options, targets, audit, err) != 0 ||
	    scan_proof_prepare(options, audit, err) != 0 || add_targets(options, audit, targets, err) != 0) {
		scan_free_audit(audit);
		return NULL;
	}
	return audit;
}

void scan_free_audit(struct audit *audit)
{
	if (audit == NULL)
		return;
	for (size_t i = 0; i < audit->vantage_count; i++)
		vantage_free(audit->vantages[i]);
	free(audit->vantages);
	free((struct token_key *)(uintptr_t)audit->key);
	audit_free(audit);
}
