/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_sink.c - relayaudit sink
 *
 * Everything that wants privileges (ports, keys, certificates) is opened first; then they
 * are given up, and only then the store is opened: what it holds came from strangers.
 */
#include <errno.h>
#include <event2/event.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/sink_service.h"
#include "net/address.h"
#include "net/listener.h"
#include "remote/sink.h"
#include "remote/store.h"

struct sink_options {
	struct option_list listen, domains;
	const char *store, *key, *quota, *name, *contact, *certificate, *private_key, *user;
	unsigned rate;
	bool quiet;
};

static const struct option_row options[] = {
	{ 'l', "listen", "ADDRESS:PORT", "where mail comes in (repeatable); [ADDRESS]:PORT, any:PORT", OPTION_LIST,
	  offsetof(struct sink_options, listen), 0, 0, NULL, NULL },
	{ 'd', "domain", "DOMAIN", "whose tokens are taken (repeatable)", OPTION_LIST, offsetof(struct sink_options, domains), 0, 0, NULL, NULL },
	{ 0, "store", "FILE", "where caught messages are kept, a JSON object a line", OPTION_TEXT, offsetof(struct sink_options, store), 0, 0, NULL, NULL },
	{ 0, "key", "FILE", "the key that the scanner has, too", OPTION_TEXT, offsetof(struct sink_options, key), 0, 0, NULL, NULL },
	{ 0, "quota", "SIZE", "for the store and its older pieces; 64M", OPTION_TEXT, offsetof(struct sink_options, quota), 0, 0, NULL, NULL },
	{ 0, "rate", "N", "messages a minute from one peer; 6000", OPTION_COUNT, offsetof(struct sink_options, rate), 1, 10000000, NULL, NULL },
	{ 0, "name", "NAME", "in the greeting; the first domain", OPTION_TEXT, offsetof(struct sink_options, name), 0, 0, NULL, NULL },
	{ 0, "contact", "ADDRESS", "whom to ask, told with each refusal", OPTION_TEXT, offsetof(struct sink_options, contact), 0, 0, NULL, NULL },
	{ 0, "certificate", "FILE", "for STARTTLS, PEM; else one is made at the start", OPTION_TEXT,
	  offsetof(struct sink_options, certificate), 0, 0, NULL, NULL },
	{ 0, "private-key", "FILE", "the certificate's, PEM", OPTION_TEXT, offsetof(struct sink_options, private_key), 0, 0, NULL, NULL },
	{ 0, "user", "NAME", "become this user when the ports are open", OPTION_TEXT, offsetof(struct sink_options, user), 0, 0, NULL, NULL },
	{ 'q', "quiet", NULL, "log nothing but what keeps the sink from its work", OPTION_FLAG, offsetof(struct sink_options, quiet), 0, 0, NULL, NULL },
	{ 0, NULL, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL },
};

struct service {
	const struct sink_options *options;
	struct sink_limits limits;
	struct sink_service_settings settings;
};

static void say(void *context, const char *line)
{
	const struct service *service = context;
	char stamp[CLOCK_STAMP];

	if (service->options->quiet)
		return;
	clock_stamp(time(NULL), stamp);
	fprintf(stderr, "%s relayaudit sink: %s\n", stamp, line);
}

/* "64M"; 0: it is none. */
static uint64_t read_size(const char *text)
{
	static const char units[] = "KMG";
	char *end;
	unsigned long long number = strtoull(text, &end, 10);
	const char *unit = *end != '\0' ? strchr(units, *end) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;

	if (*text < '0' || *text > '9' || (*end != '\0' && (unit == NULL || end[1] != '\0')) || number > UINT64_MAX >> 1 >> shift)
		return 0;
	return number << shift;
}

/* What goes into replies and addresses has to be plain. */
static int check_word(const char *option, const char *word, const char *allowed, size_t most, struct err *err)
{
	size_t len = word ? strlen(word) : 1;

	if (word == NULL || (len != 0 && len <= most && strspn(word, allowed) == len))
		return 0;
	return err_set(err, ERR_USAGE, "--%s takes no '%.80s'", option, word);
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."

static int check_options(const struct sink_options *read, uint64_t *quota, struct err *err)
{
	struct address where;

	if (read->listen.count == 0 || read->domains.count == 0 || read->store == NULL)
		return err_set(err, ERR_USAGE, "a sink needs --listen, --domain and --store: relayaudit sink --help has an example");
	if (read->domains.count > SINK_DOMAINS)
		return err_set(err, ERR_USAGE, "more than %d domains are too many", SINK_DOMAINS);
	for (size_t i = 0; i < read->listen.count; i++)
		if (listener_parse(read->listen.texts[i], &where, err) != 0)
			return -1;
	for (size_t i = 0; i < read->domains.count; i++)
		if (check_word("domain", read->domains.texts[i], LETTERS, 253, err) != 0)
			return -1;
	if (check_word("name", read->name, LETTERS, 253, err) != 0 ||
	    check_word("contact", read->contact, LETTERS "@+_=/:?&%#~ ,", 200, err) != 0)
		return -1;
	if ((read->certificate == NULL) != (read->private_key == NULL))
		return err_set(err, ERR_USAGE, "--certificate and --private-key go together");
	*quota = read->quota ? read_size(read->quota) : STORE_QUOTA;
	if (*quota < STORE_QUOTA_LEAST)
		return err_set(err, ERR_USAGE, "--quota takes a size of at least %dM, such as 64M, and '%.40s' is not",
			       STORE_QUOTA_LEAST >> 20, read->quota);
	return 0;
}

static int become(const char *name, struct err *err)
{
	const struct passwd *user;

	if (name == NULL)
		return 0;
	errno = 0;
	user = getpwnam(name);
	if (user == NULL)
		return err_set(err, ERR_USAGE, "there is no user '%.40s'%s%s", name, errno ? ": " : "", errno ? strerror(errno) : "");
	if (initgroups(name, user->pw_gid) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)
		return err_set(err, ERR_SYSTEM, "becoming the user '%.40s': %s", name, strerror(errno));
	return 0;
}

static int on_opened(void *context, struct err *err)
{
	const struct service *service = context;

	return become(service->options->user, err);
}

static void set_up(struct service *service, uint64_t quota)
{
	const struct sink_options *read = service->options;

	service->limits = sink_usual_limits;
	if (read->rate != 0) {
		service->limits.messages_peer = read->rate;
		service->limits.messages = read->rate * 4;
	}
	service->settings = (struct sink_service_settings){
		.listen = read->listen.texts,
		.listen_count = read->listen.count,
		.domains = read->domains.texts,
		.domain_count = read->domains.count,
		.store = read->store,
		.quota = quota,
		.key = read->key,
		.name = read->name,
		.contact = read->contact,
		.certificate = read->certificate,
		.private_key = read->private_key,
		.limits = &service->limits,
		.log = say,
		.opened = on_opened,
		.context = service,
	};
}

static void on_signal(evutil_socket_t number, short what, void *context)
{
	(void)number;
	(void)what;
	event_base_loopbreak(context);
}

static int serve(const struct sink_options *read, uint64_t quota, struct err *err)
{
	struct service service = { .options = read };
	struct event_base *base = event_base_new();
	struct event *term = evsignal_new(base, SIGTERM, on_signal, base);
	struct event *interrupt = evsignal_new(base, SIGINT, on_signal, base);
	struct sink_service *sink;

	event_add(term, NULL);
	event_add(interrupt, NULL);
	/* A file that may not grow is a full store, not the end. */
	signal(SIGXFSZ, SIG_IGN);
	set_up(&service, quota);
	sink = sink_service_new(base, &service.settings, err);
	if (sink != NULL)
		event_base_dispatch(base);
	sink_service_free(sink);
	event_free(term);
	event_free(interrupt);
	event_base_free(base);
	return err->kind == ERR_NONE ? 0 : -1;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct sink_options read = { .rate = 0 };
	struct err err = ERR_INIT;
	uint64_t quota = 0;
	int operands, status = EXIT_USAGE;
	bool help;

	if (options_read(options, &read, argc, argv, &operands, &help, &err) == 0 && !help && operands != argc)
		err_set(&err, ERR_USAGE, "a sink takes no arguments, and there is '%.60s'", argv[operands]);
	if (help) {
		options_help(command, stdout);
		status = EXIT_FINE;
	} else if (err.kind == ERR_NONE && check_options(&read, &quota, &err) == 0 && serve(&read, quota, &err) == 0) {
		status = EXIT_FINE;
	}
	if (err.kind != ERR_NONE)
		fprintf(stderr, "relayaudit: %s\n", err.text);
	option_list_release(&read.listen);
	option_list_release(&read.domains);
	return status;
}

const struct command command_sink = {
	.name = "sink",
	.about = "receives the mail that proves deliveries",
	.usage = "--listen ADDRESS:PORT --domain DOMAIN --store FILE [OPTION]...",
	.more = "Runs a mail receiver, fit for port 25 of the internet, that takes mail for the\n"
		"addresses of a scan's own tests and refuses everything else. It never connects\n"
		"out and never bounces. 'relayaudit scan --sink file:FILE' reads the store.\n\n"
		"Examples:\n"
		"  relayaudit sink --listen any:25 --domain probe.example.net \\\n"
		"      --store /var/lib/relayaudit/sink.ndjson --user relayaudit\n"
		"  relayaudit sink --listen 127.0.0.1:2525 --domain sink.test --store sink.ndjson",
	.options = options,
	.run = run,
};
