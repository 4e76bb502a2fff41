/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier_fact.c - what else Courier's files show
 */
#include "mta/courier_fact.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

static struct fact *tell(struct config *config, enum fact_kind kind, const char *source, const char *title, const char *says, const char *fix)
{
	struct fact *fact = config_add_fact(config, kind, source);

	fact->title = title;
	fact->says = says;
	fact->fix = fix;
	return fact;
}

void courier_fact_dead(struct config *config, const char *place, const char *text, const char *why)
{
	tell(config, FACT_DEAD, place, "a rule of couriertcpd never matches", why, "write an address, the numbers that addresses begin with, or a network, and a tabulator behind")->text = text;
}

void courier_fact_value(struct config *config, const char *place, const char *text, const char *value)
{
	char *set;

	if (courier_denies(value))
		return;
	if (strncmp(value, "allow", 5) != 0)
		tell(config, FACT_SYNTAX, place, "a rule of couriertcpd says neither allow nor deny",
		     "couriertcpd lets the client in, and takes all of it for variables to set", "write allow or deny right behind the tabulator, in small letters")
			->text = text;
	if (!courier_sets(value, "RELAYCLIENT", &set) && text_find_nocase(value, "relayclient") != NULL)
		tell(config, FACT_DEAD, place, "a rule of couriertcpd does not set RELAYCLIENT",
		     "another variable is set: its name has other letters, or blanks or a carriage return at its end", "write RELAYCLIENT, and lines that end as those of Unix do")
			->text = text;
	free(set);
}

void courier_fact_rules(struct config *config, const struct courier_rules *rules)
{
	const char *fix = "mend it, and run makesmtpaccess";

	if (rules->state == ACCESS_UNKNOWN)
		tell(config, FACT_NOT_EVALUATED, rules->dat, "the rules of couriertcpd are not known", rules->why, fix);
	else if (rules->state == ACCESS_BROKEN)
		tell(config, FACT_DEAD, rules->dat, "couriertcpd has no rules", config_text(config, "%.300s, and it goes on without", rules->why), "run makesmtpaccess");
	else if (rules->state == ACCESS_MISSING)
		tell(config, FACT_DEAD, rules->dat, "couriertcpd has no rules", rules->why, "run makesmtpaccess, and look at what they grant before");
	if (rules->refused != NULL)
		tell(config, FACT_SYNTAX, rules->refused, "makesmtpaccess refuses the access rules", rules->refused_why, fix);
	if (rules->ended != NULL)
		tell(config, FACT_CUT_SHORT, rules->ended, "the access rules end before their end", "at a line with nothing but a dot makesmtpaccess reads no more", "take the line out");
	if (rules->stale != 0 && rules->state == ACCESS_READ && rules->refused == NULL)
		tell(config, FACT_STALE, rules->file, "what was changed is not in force yet",
		     config_text(config, "%zu rules differ from those in %.200s: couriertcpd reads that, and no text", rules->stale, rules->dat), "run makesmtpaccess");
}

static void of_relay(struct courier *courier, const struct courier_service *service)
{
	const char *value, *place, *by, *why;
	bool unknown, set = courier_environment(courier, service, NULL, "RELAYCLIENT", &value, &place, &unknown);
	enum config_answer answer;
	struct grant *grant;

	if (!set && !unknown)
		return;
	grant = config_add_grant(courier->config, unknown ? GRANT_UNKNOWN : GRANT_ANYONE, place, "RELAYCLIENT");
	grant->value = config_text(courier->config, "RELAYCLIENT=%.200s", value);
	grant->covers = "everybody";
	grant->service = service->name;
	answer = courier_judge(courier, service, NULL, &by, &why);
	grant->in_force = answer == ANSWER_PERMIT || answer == ANSWER_UNKNOWN;
	grant->idle_because = grant->in_force ? NULL : why;
	if (unknown)
		tell(courier->config, FACT_NOT_EVALUATED, place, "whether RELAYCLIENT is set for everybody is not known", "it depends on what only the shell could tell",
		     "write it into the access rules alone");
}

static void of_login(struct courier *courier, const struct courier_service *service)
{
	static const char *const names[] = { "ESMTPAUTH", "ESMTPAUTH_TLS" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct courier_variable *variable = courier_variable(service, names[i]);
		struct grant *grant;

		if (variable == NULL || *variable->value == '\0')
			continue;
		grant = config_add_grant(courier->config, GRANT_LOGIN, variable->place, names[i]);
		grant->value = config_text(courier->config, "%.300s", variable->value);
		grant->covers = "whoever logs in";
		grant->service = service->name;
	}
}

static void of_list(struct courier *courier, const struct courier_service *service)
{
	struct grant *grant;

	if (service->list_grants != NULL) {
		grant = config_add_grant(courier->config, GRANT_UNKNOWN, service->place, "BLACKLISTS");
		grant->value = config_text(courier->config, "%.300s", service->list_grants);
		grant->covers = "whoever is in a DNS list";
		grant->service = service->name;
		tell(courier->config, FACT_NOT_EVALUATED, service->place, "a DNS list sets RELAYCLIENT", "whom it has is not looked up here", "name addresses in the access rules instead");
	}
	if (service->lists != NULL)
		tell(courier->config, FACT_NOT_EVALUATED, service->place, "a DNS list may refuse clients", "whom it has is not looked up here", "nothing, if that is wanted");
}

void courier_fact_service(struct courier *courier, const struct courier_service *service)
{
	of_relay(courier, service);
	of_login(courier, service);
	of_list(courier, service);
	if (service->odd != NULL)
		tell(courier->config, FACT_NOT_EVALUATED, service->odd, "what is set there only the shell could tell", "the settings are a script, and nothing of it is run here",
		     "set variables to plain values");
	if (service->by_local)
		tell(courier->config, FACT_NOT_EVALUATED, service->place, "couriertcpd looks up its own address, too",
		     "with -accesslocal the access rules are asked for the server's address and port before the client's", "look at the rules whose key has a port");
	if (service->access_unknown)
		tell(courier->config, FACT_NOT_EVALUATED, service->place, "which access rules there are is not known", "ACCESSFILE is not a path that stands there", "write the path");
}

static void of_names(struct courier *courier, const struct courier_domains *domains, const char *setting, bool all)
{
	for (size_t i = 0; i < domains->count && courier->config->grant_count < CONFIG_GRANTS_MOST; i++) {
		const struct courier_domain *domain = &domains->rows[i];
		struct grant *grant;

		if (domain->negated || (!all && *domain->name != '.') || *domain->name == '\0')
			continue;
		grant = config_add_grant(courier->config, GRANT_RECIPIENT, domain->line != 0 ? config_place(courier->config, domain->file, domain->line) : domain->file,
					 setting);
		grant->value = config_shown(courier->config, domain->name, strlen(domain->name));
		/* Nobody has a whole top-level domain. */
		grant->covers = *domain->name == '.' && strchr(domain->name + 1, '.') == NULL ? grant->value + 1 : grant->value;
	}
}

/* A list that was changed behind its compiled form. */
static void of_changed(struct courier *courier)
{
	static const char directory[] = COURIER_DIRECTORY "esmtpacceptmailfor.dir";
	struct buf names = BUF_INIT(CONFIG_NAMES_MOST);
	struct err err = ERR_INIT;
	time_t made = 0, modified;
	bool there = config_files_has(&courier->files, COURIER_DIRECTORY "esmtpacceptmailfor.dat", &made);

	if (config_files_names(&courier->files, directory, &names, &err) == 0) {
		for (const char *name = names.data; name < names.data + names.len; name += strlen(name) + 1) {
			const char *path = config_text(courier->config, "%s/%s", directory, name);

			if (config_files_has(&courier->files, path, &modified) && (!there || modified > made))
				tell(courier->config, FACT_STALE, path, "what was changed is not in force yet",
				     "it is newer than esmtpacceptmailfor.dat, and Courier reads that, and no text", "run makeacceptmailfor");
		}
	}
	buf_release(&names);
}

void courier_fact_domains(struct courier *courier)
{
	of_names(courier, &courier->accepts, "esmtpacceptmailfor", false);
	of_names(courier, &courier->percent, "esmtppercentrelay", true);
	if (!courier->only_rules)
		of_changed(courier);
}
