/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_settings.c - configuration files: what they say, what is wrong with them, and who
 * has the last word
 */
#include "cmd/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "cmd/command.h"
#include "cmd/scan.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { ROWS_MOST = 100 };

static int parse(const char *text, const bool *given, struct settings *settings, struct scan_options *options)
{
	return settings_parse(settings, command_scan.options, options, given, "f.yml", text, strlen(text));
}

static void release(struct settings *settings, struct scan_options *options)
{
	settings_release(settings);
	scan_options_release(options);
}

static size_t row_of(const char *name)
{
	const struct option_row *rows = command_scan.options;
	size_t i = 0;

	while (rows[i].name != NULL && strcmp(rows[i].name, name) != 0)
		i++;
	assert_non_null(rows[i].name);
	assert_true(i < ROWS_MOST);
	return i;
}

static const char whole[] = "contact: postmaster@example.org\n"
			    "victim: relaytest@probe.example.net      # ours\n"
			    "sender: someone@probe.example.net\n"
			    "own-networks: [192.168.0.0/24, 210.196.1.2, \"2001:db8::/32\"]\n"
			    "targets:\n"
			    "  mail.example.org:\n"
			    "    domains: [example.org, example.com]\n"
			    "    endpoints: [25, 465, 587/starttls]\n"
			    "    local-user: alice\n"
			    "  front:\n"
			    "    host: mx.example.org\n"
			    "    addresses: [192.0.2.25, \"2001:db8::25\"]\n"
			    "  mx2.example.org:\n"
			    "vantages:\n"
			    "  far: local\n"
			    "  office: {via: \"bind:127.0.0.1\", expect: relay, helo: office.example.org}\n"
			    "ignore:\n"
			    "  - {finding: trust-oversized, where: \"main.cf:12\", reason: \"lab network, moves in January\", expires: 2027-01-31}\n"
			    "  - finding: relay\n"
			    "    reason: 'a: \"b\"'\n"
			    "    expires: 2026-12-31\n"
			    "suite: classic\n"
			    "probe: plain\n"
			    "skip: [plain, percent-at-host]\n"
			    "probes:\n"
			    "  - my probes\n"
			    "timeout: 2.5\n"
			    "retry-after: 0\n"
			    "jobs: 7\n"
			    "max-sessions: 2\n"
			    "fail-on: medium\n"
			    "output: [text, json=report.json]\n"
			    "verbose: no\n"
			    "quiet: yes\n"
			    "color: never\n"
			    "ipv4: true\n"
			    "endpoints: 25,587\n"
			    "domains: example.net\n"
			    "local-user: bob\n"
			    "helo: probe.example.net\n";

static void test_everything_is_read(void **state)
{
	struct scan_options options = SCAN_OPTIONS_INIT;
	struct settings settings;
	const struct target_setting *targets;

	(void)state;
	if (parse(whole, NULL, &settings, &options) != 0)
		fail_msg("%u: %s", settings.complaints.rows[0].line, settings.complaints.rows[0].text);
	targets = settings.targets;
	assert_string_equal(options.contact, "postmaster@example.org");
	assert_string_equal(options.victim, "relaytest@probe.example.net");
	assert_string_equal(options.suite, "classic");
	assert_string_equal(options.probes.texts[0], "plain");
	assert_int_equal(options.skip.count, 2);
	assert_string_equal(options.directories.texts[0], "my probes");
	assert_int_equal(options.timeout, 2500000);
	assert_int_equal(options.retry_after, 0);
	assert_int_equal(options.jobs, 7);
	assert_int_equal(options.max_sessions, 2);
	assert_string_equal(options.outputs.texts[1], "json=report.json");
	assert_false(options.verbose);
	assert_true(options.quiet);
	assert_true(options.four);
	assert_int_equal(settings.networks.count, 3);
	assert_int_equal(settings.target_count, 3);
	assert_string_equal(targets[0].name, "mail.example.org");
	assert_int_equal(targets[0].domains.count, 2);
	assert_string_equal(targets[0].endpoints.texts[2], "587/starttls");
	assert_string_equal(targets[0].local_user, "alice");
	assert_string_equal(targets[1].host, "mx.example.org");
	assert_string_equal(targets[1].addresses.texts[1], "2001:db8::25");
	assert_string_equal(targets[2].name, "mx2.example.org");
	assert_int_equal(settings.vantage_count, 2);
	assert_string_equal(settings.vantages[0].text, "far=local");
	assert_string_equal(settings.vantages[1].text, "office=bind:127.0.0.1?expect=relay");
	assert_string_equal(settings.vantages[1].helo, "office.example.org");
	assert_int_equal(settings.exceptions.count, 2);
	assert_string_equal(settings.exceptions.rows[0].where, "main.cf:12");
	assert_string_equal(settings.exceptions.rows[0].source, "f.yml:18");
	assert_int_equal(settings.exceptions.rows[0].end, 1801440000);
	assert_null(settings.exceptions.rows[1].where);
	assert_string_equal(settings.exceptions.rows[1].reason, "a: \"b\"");
	release(&settings, &options);
}

struct mistake {
	const char *name;
	const char *bytes;
	unsigned line;
	unsigned column;
	const char *sentence;
};

#define TARGET "targets:\n  a.example.org:\n"
#define IGNORE "ignore:\n  - {finding: relay, reason: r, expires: 2027-01-31"

static const struct mistake mistakes[] = {
	{ "an unknown key", "timeout: 1\ntimout: 2\n", 2, 1, "there is no key 'timout' here; was 'timeout' meant?" },
	{ "a key that nothing is near", "colours: x\n", 1, 1, "there is no key 'colours' here; was 'color' meant?" },
	{ "a key in capitals", "Suite: classic\n", 1, 1, "there is no key 'Suite' here; was 'suite' meant?" },
	{ "an empty key", "'': x\n", 1, 1, "there is no key '' here" },
	{ "escapes are shown, not sent", "\"a\\tb\": x\n", 1, 1, "there is no key 'a\\tb' here" },
	{ "a slip in a section", "target: {a: {}}\n", 1, 1, "there is no key 'target' here; was 'targets' meant?" },
	{ "an option's other name", "port: 25\n", 1, 1, "'port' is called 'endpoints' in this file" },
	{ "vantages by their option", "from: local\n", 1, 1, "'from' is called 'vantages' in this file" },
	{ "permission for all", "mine: yes\n", 1, 1, "'mine' stands on the command line only" },
	{ "a file in a file", "config: other.yml\n", 1, 1, "'config' stands on the command line only" },
	{ "a list at the root", "- timeout: 1\n", 1, 1, "the file is a map: key: value" },
	{ "a text at the root", "timeout 1\n", 1, 1, "the file is a map: key: value" },
	{ "no value", "suite:\n", 1, 7, "'suite' has no value" },
	{ "a list for one value", "suite: [classic]\n", 1, 8, "'suite' takes one value, and no list" },
	{ "a map for one value", "victim: {a: b}\n", 1, 9, "'victim' takes one value, and no map" },
	{ "an unknown suite", "suite: clasic\n", 1, 8, "there is no suite 'clasic'; was 'classic' meant?" },
	{ "no number", "jobs: many\n", 1, 7, "jobs takes a number, 1 to 20000, and 'many' is not" },
	{ "too many", "max-sessions: 9\n", 1, 15, "max-sessions takes a number, 1 to 8, and '9' is not" },
	{ "no seconds", "timeout: 5s\n", 1, 10, "timeout takes seconds, 0.1 to 600, and '5s' is not" },
	{ "neither yes nor no", "verbose: maybe\n", 1, 10, "verbose takes yes or no, and not 'maybe'" },
	{ "an unknown severity", "fail-on: hihg\n", 1, 10, "there is no severity 'hihg'; was 'high' meant?" },
	{ "when", "color: sometimes\n", 1, 8, "'sometimes' is none of auto, always and never" },
	{ "no mailbox", "contact: postmaster\n", 1, 10, "'postmaster' is not a mail address: local@domain" },
	{ "a victim with a trick", "victim: a%b@example.net\n", 1, 9, "'a%b@example.net' is not a plain mail address: it may hold no '%'" },
	{ "an unknown format", "output: [text, jsno=x]\n", 1, 16, "there is no report format 'jsno'; was 'json' meant?" },
	{ "no port", "endpoints: [25, 70000]\n", 1, 17, "'70000' is not a port: 1 to 65535, perhaps with /none, /starttls or /tls" },
	{ "an empty list", "endpoints: []\n", 1, 12, "'endpoints' is an empty list" },
	{ "a list in a list", "domains: [[a]]\n", 1, 11, "'domains' takes one value, and no list" },
	{ "no network", "own-networks: 192.168.0.0/33\n", 1, 15, "'192.168.0.0/33' is not a network: ADDRESS/BITS" },
	{ "the classic mask", "own-networks:\n  - 210.196.1.2/8\n", 2, 5,
	  "'210.196.1.2/8' has bits set behind its first 8: was 210.0.0.0/8 meant, or that one address?" },
	{ "targets in a list", "targets: [a.example.org]\n", 1, 10, "'targets' is a map: the name of each target, and what is known of it" },
	{ "a target that is a text", TARGET "    25\n", 3, 5,
	  "'a.example.org' is a target: a map of addresses, domains, endpoints, host and local-user, or nothing" },
	{ "an unknown word of a target", TARGET "    domain: x\n", 3, 5, "there is no key 'domain' here; was 'domains' meant?" },
	{ "a target's domain", TARGET "    domains: [a.test, \"b c\"]\n", 3, 23, "'b c' is not a domain" },
	{ "a target's port", TARGET "    endpoints: 25/tsl\n", 3, 16, "'tsl' is no TLS mode: none, starttls or tls; was 'tls' meant?" },
	{ "a target's user", TARGET "    local-user: a@b\n", 3, 17, "'a@b' is not a mailbox name (without its domain)" },
	{ "a target's host", TARGET "    host: a b\n", 3, 11, "'a b' is not a host name or address" },
	{ "a name that is no host", "targets:\n  the server: {domains: a.test}\n", 2, 3, "'the server' is not a host name or address" },
	{ "a vantage of no kind", "vantages:\n  far: {via: \"bnd:127.0.0.1\"}\n", 2, 14, "there is no vantage of kind 'bnd'; was 'bind' meant?" },
	{ "a vantage as a text", "vantages:\n  far: lcoal\n", 2, 8, "there is no vantage of kind 'lcoal'; was 'local' meant?" },
	{ "a vantage in a list", "vantages: [local, lcoal]\n", 1, 19, "there is no vantage of kind 'lcoal'; was 'local' meant?" },
	{ "a vantage via nothing", "vantages:\n  far: {expect: deny}\n", 2, 3, "'far' does not say via what it asks: {via: URI}" },
	{ "what is expected", "vantages:\n  far: {via: local, expect: relai}\n", 2, 29, "a vantage is expected to 'deny' or to 'relay', not to 'relai'" },
	{ "a vantage's name", "vantages:\n  \"a=b\": local\n", 2, 3, "'a=b' cannot be the name of a vantage: it is a word without '=', ':' and '?'" },
	{ "an unknown word of a vantage", "vantages:\n  far: {via: local, expects: deny}\n", 2, 21, "there is no key 'expects' here; was 'expect' meant?" },
	{ "vantages in one", "vantages: local\n", 1, 11, "'vantages' is a map: the name of each vantage, and via what it asks" },
	{ "ignore without a list", "ignore: {finding: relay}\n", 1, 9,
	  "'ignore' is a list of entries, each {finding: ID, where: PLACE, reason: \"...\", expires: YYYY-MM-DD}" },
	{ "an entry that is a text", "ignore: [relay]\n", 1, 10,
	  "an entry to ignore is a map: {finding: ID, where: PLACE, reason: \"...\", expires: YYYY-MM-DD}" },
	{ "without a finding", "ignore:\n  - {reason: r, expires: 2027-01-31}\n", 2, 5, "an entry to ignore names its finding: {finding: ID}" },
	{ "without a reason", "ignore:\n  - {finding: relay, expires: 2027-01-31}\n", 2, 5, "an entry to ignore needs its reason: {reason: \"...\"}" },
	{ "with an empty reason", "ignore:\n  - {finding: relay, reason: ' ', expires: 2027-01-31}\n", 2, 30, "'reason' has no value" },
	{ "without a day", "ignore:\n  - {finding: relay, reason: r}\n", 2, 5, "an entry to ignore needs its last day: {expires: YYYY-MM-DD}" },
	{ "a day that is none", "ignore:\n  - {finding: relay, reason: r, expires: 2027-02-30}\n", 2, 42, "there is no day '2027-02-30'" },
	{ "a day written otherwise", "ignore:\n  - {finding: relay, reason: r, expires: 31.1.2027}\n", 2, 42, "'31.1.2027' is not a date: YYYY-MM-DD" },
	{ "an unknown finding", "ignore:\n  - {finding: realy, reason: r, expires: 2027-01-31}\n", 2, 15, "there is no finding 'realy'; was 'relay' meant?" },
	{ "an unknown word of an entry", IGNORE ", were: x}\n", 2, 54, "there is no key 'were' here; was 'where' meant?" },
};

static void test_each_mistake_has_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(mistakes); i++) {
		const struct mistake *row = &mistakes[i];
		struct scan_options options = SCAN_OPTIONS_INIT;
		struct settings settings;
		const struct complaint *first;

		if (parse(row->bytes, NULL, &settings, &options) == 0)
			fail_msg("%s: nothing was said", row->name);
		first = &settings.complaints.rows[0];
		if (settings.complaints.count != 1 || first->line != row->line || first->column != row->column ||
		    strcmp(first->text, row->sentence) != 0)
			fail_msg("%s: %zu complaints, %u:%u: %s", row->name, settings.complaints.count, first->line, first->column, first->text);
		release(&settings, &options);
	}
}

static void test_all_mistakes_in_one_go(void **state)
{
	struct scan_options options = SCAN_OPTIONS_INIT;
	struct settings settings;
	struct buf text = BUF_OWN;
	char *told = NULL;
	size_t len;
	FILE *stream = open_memstream(&told, &len);

	(void)state;
	/* In the file's own order. */
	for (size_t i = 0; i < 3; i++)
		buf_printf(&text, "timout%zu: 1\n", i);
	buf_text(&text, "suite: clasic\njobs: 0\ntargets:\n  a.test: {domain: b}\n  b.test: {host: 'c d', domains: 'e f'}\n");
	assert_int_equal(parse(text.data, NULL, &settings, &options), -1);
	settings_tell(&settings, stream);
	fclose(stream);
	assert_string_equal(told, "f.yml:1:1: there is no key 'timout0' here; was 'timeout' meant?\n"
				  "f.yml:2:1: there is no key 'timout1' here; was 'timeout' meant?\n"
				  "f.yml:3:1: there is no key 'timout2' here; was 'timeout' meant?\n"
				  "f.yml:4:8: there is no suite 'clasic'; was 'classic' meant?\n"
				  "f.yml:5:7: jobs takes a number, 1 to 20000, and '0' is not\n"
				  "f.yml:7:12: there is no key 'domain' here; was 'domains' meant?\n"
				  "f.yml:8:18: 'c d' is not a host name or address\n"
				  "f.yml:8:34: 'e f' is not a domain\n");
	free(told);
	buf_release(&text);
	release(&settings, &options);
}

static void test_an_option_goes_before_the_file(void **state)
{
	static const char text[] = "timeout: 7\nsuite: classic\ndomains: [a.test, b.test]\nverbose: yes\n";
	struct scan_options options = SCAN_OPTIONS_INIT;
	bool given[ROWS_MOST] = { false };
	struct settings settings;

	(void)state;
	options.timeout = 3000000;
	given[row_of("timeout")] = true;
	option_list_add(&options.domains, "c.test");
	given[row_of("domain")] = true;
	assert_int_equal(parse(text, given, &settings, &options), 0);
	assert_int_equal(options.timeout, 3000000);
	assert_int_equal(options.domains.count, 1);
	assert_string_equal(options.domains.texts[0], "c.test");
	assert_string_equal(options.suite, "classic");
	assert_true(options.verbose);
	assert_int_equal(settings_origin(&settings, "timeout"), SETTING_OPTION);
	assert_int_equal(settings_origin(&settings, "suite"), SETTING_FILE);
	assert_int_equal(settings_origin(&settings, "jobs"), SETTING_DEFAULT);
	release(&settings, &options);
	/* What does not count is checked all the same. */
	options = (struct scan_options)SCAN_OPTIONS_INIT;
	assert_int_equal(parse("timeout: soon\n", given, &settings, &options), -1);
	release(&settings, &options);
}

static void test_targets_by_name_host_and_address(void **state)
{
	static const struct {
		const char *name;
		const char *host;
		bool listed;
		size_t addresses;
	} rows[] = {
		{ "mail.example.org", "mail.example.org", true, 0 },
		{ "MAIL.example.org", "mail.example.org", true, 0 },
		{ "front", "mx.example.org", true, 2 },
		{ "mx.example.org", "mx.example.org", true, 2 },
		{ "192.0.2.25", "192.0.2.25", true, 0 },
		{ "[2001:db8:0::25]", "[2001:db8:0::25]", true, 0 },
		{ "192.0.2.26", "192.0.2.26", false, 0 },
		{ "mail.example.org.", "mail.example.org.", false, 0 },
		{ "example.org", "example.org", false, 0 },
	};
	struct scan_options options = SCAN_OPTIONS_INIT;
	struct settings settings;
	struct scan_targets targets;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(parse(whole, NULL, &settings, &options), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *name = (char *)(uintptr_t)rows[i].name;

		assert_int_equal(scan_choose_targets(&settings, &name, 1, &targets, &err), 0);
		assert_int_equal(targets.count, 1);
		if (strcmp(targets.rows[0].host, rows[i].host) != 0 || targets.rows[0].listed != rows[i].listed ||
		    targets.rows[0].addresses.count != rows[i].addresses)
			fail_msg("%s: %s, %d, %zu", name, targets.rows[0].host, targets.rows[0].listed, targets.rows[0].addresses.count);
		scan_targets_release(&targets);
	}
	assert_int_equal(scan_choose_targets(&settings, NULL, 0, &targets, &err), 0);
	assert_int_equal(targets.count, 3);
	scan_targets_release(&targets);
	release(&settings, &options);
	options = (struct scan_options)SCAN_OPTIONS_INIT;
	assert_int_equal(parse("# nothing\n", NULL, &settings, &options), 0);
	assert_int_equal(scan_choose_targets(&settings, NULL, 0, &targets, &err), -1);
	assert_string_equal(err.text, "which server? f.yml names no targets: relayaudit scan TARGET...");
	scan_targets_release(&targets);
	release(&settings, &options);
}

static void test_options_overrule_targets_and_vantages(void **state)
{
	struct scan_options options = SCAN_OPTIONS_INIT;
	bool given[ROWS_MOST] = { false };
	struct settings settings;
	struct err err = ERR_INIT;

	(void)state;
	given[row_of("domain")] = given[row_of("from")] = true;
	option_list_add(&options.domains, "other.test");
	option_list_add(&options.from, "office");
	option_list_add(&options.from, "bind:127.0.0.9");
	assert_int_equal(parse(whole, given, &settings, &options), 0);
	assert_int_equal(scan_use_settings(&options, &settings, &err), 0);
	assert_int_equal(settings.targets[0].domains.count, 0);
	assert_int_equal(settings.targets[0].endpoints.count, 3);
	assert_int_equal(options.from.count, 2);
	assert_string_equal(options.from.texts[0], "office=bind:127.0.0.1?expect=relay");
	assert_string_equal(options.from.texts[1], "bind:127.0.0.9");
	assert_string_equal(options.from_helos.texts[0], "office.example.org");
	assert_null(options.from_helos.texts[1]);
	release(&settings, &options);
}

/* The values without the comments behind them. */
static char *print(const struct settings *settings)
{
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);

	settings_show(settings, stream);
	fclose(stream);
	return text;
}

static void test_what_is_shown_reads_the_same(void **state)
{
	struct scan_options options = SCAN_OPTIONS_INIT, again = SCAN_OPTIONS_INIT;
	struct settings settings, other;
	char *text, *second, *third;

	(void)state;
	assert_int_equal(parse(whole, NULL, &settings, &options), 0);
	text = print(&settings);
	if (parse(text, NULL, &other, &again) != 0)
		fail_msg("%u: %s\n%s", other.complaints.rows[0].line, other.complaints.rows[0].text, text);
	second = print(&other);
	assert_int_equal(again.timeout, options.timeout);
	assert_string_equal(other.vantages[1].text, settings.vantages[1].text);
	assert_string_equal(other.exceptions.rows[1].reason, settings.exceptions.rows[1].reason);
	release(&other, &again);
	/* From here on also the lines are the same. */
	again = (struct scan_options)SCAN_OPTIONS_INIT;
	assert_int_equal(parse(second, NULL, &other, &again), 0);
	third = print(&other);
	assert_string_equal(third, second);
	release(&other, &again);
	release(&settings, &options);
	free(text);
	free(second);
	free(third);
}

static void test_shown_with_origin_and_without_password(void **state)
{
	static const char text[] = "timeout: 7\nprobes: ['http://user:secret@host/x', 'http://user@host:25/a:b@c']\n";
	struct scan_options options = SCAN_OPTIONS_INIT;
	bool given[ROWS_MOST] = { false };
	struct settings settings;
	char *shown;

	(void)state;
	given[row_of("jobs")] = true;
	options.jobs = 9;
	assert_int_equal(parse(text, given, &settings, &options), 0);
	shown = print(&settings);
	assert_non_null(strstr(shown, "\ntimeout: 7                                       # f.yml:1\n"));
	assert_non_null(strstr(shown, "\njobs: 9                                          # option\n"));
	assert_non_null(strstr(shown, "\nretry-after: 5                                   # default\n"));
	assert_non_null(strstr(shown, "\n# victim: not set; "));
	assert_non_null(strstr(shown, "\nprobes: [\"http://user@host/x\", \"http://user@host:25/a:b@c\"] # f.yml:2, without its password\n"));
	assert_null(strstr(shown, "secret"));
	free(shown);
	release(&settings, &options);
}

struct place {
	const char *where;
};

static int check_place(const char *text, struct err *err)
{
	return strncmp(text, "listen:", 7) == 0 || strncmp(text, "file:", 5) == 0 ? 0 : err_set(err, ERR_USAGE, "there is no such place");
}

static void test_a_place_as_a_map_or_a_text(void **state)
{
	static const struct option_row rows[] = {
		{ 0, "sink", "WHERE", "where", OPTION_PLACE, offsetof(struct place, where), 0, 0, check_place, "sink" },
		{ 0, NULL, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL },
	};
	static const struct {
		const char *text;
		const char *where;
		unsigned column;
		const char *sentence;
	} cases[] = {
		{ "sink: {listen: \"203.0.113.9:25\"}", "listen:203.0.113.9:25", 0, NULL },
		{ "sink: \"listen:203.0.113.9:25\"", "listen:203.0.113.9:25", 0, NULL },
		{ "sink: {file: /a b}", "file:/a b", 0, NULL },
		{ "sink: {lsten: x}", NULL, 7, "there is no such place" },
		{ "sink: {file: a, listen: b}", NULL, 7, "'sink' takes one entry: {KIND: REST}, or \"KIND:REST\"" },
		{ "sink: {file: [a]}", NULL, 14, "'file' takes one value, and no list" },
		{ "sink: [file]", NULL, 7, "'sink' takes one value, and no list" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct place place = { NULL };
		struct settings settings;
		int result = settings_parse(&settings, rows, &place, NULL, "f.yml", cases[i].text, strlen(cases[i].text));
		const struct complaint *first = settings.complaints.rows;

		if (cases[i].sentence == NULL && (result != 0 || strcmp(place.where, cases[i].where) != 0))
			fail_msg("%s: %s", cases[i].text, result != 0 ? first->text : place.where);
		if (cases[i].sentence != NULL && (result == 0 || first->column != cases[i].column || strcmp(first->text, cases[i].sentence) != 0))
			fail_msg("%s: %u: %s", cases[i].text, result ? first->column : 0, result ? first->text : "nothing was said");
		settings_release(&settings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything_is_read),
		cmocka_unit_test(test_each_mistake_has_its_place),
		cmocka_unit_test(test_all_mistakes_in_one_go),
		cmocka_unit_test(test_an_option_goes_before_the_file),
		cmocka_unit_test(test_targets_by_name_host_and_address),
		cmocka_unit_test(test_options_overrule_targets_and_vantages),
		cmocka_unit_test(test_what_is_shown_reads_the_same),
		cmocka_unit_test(test_shown_with_origin_and_without_password),
		cmocka_unit_test(test_a_place_as_a_map_or_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
