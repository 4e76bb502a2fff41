/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_agent.c - relayaudit agent, and relayaudit agent keys
 */
#include <event2/event.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/agent_config.h"
#include "cmd/agent_keys.h"
#include "cmd/command.h"
#include "cmd/notify.h"
#include "cmd/options.h"
#include "cmd/sink_service.h"
#include "net/listener.h"
#include "net/resolve.h"
#include "remote/agent_server.h"
#include "remote/sink.h"
#include "remote/store.h"
#include "vantage/vantage.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

enum { LISTEN_MOST = 16, NAME_PATIENCE = 2 * CLOCK_S };

struct agent_options {
	const char *config, *directory;
	bool check, quiet;
};

static const struct option_row options[] = {
	{ 'c', "config", "FILE", "who may ask for what; /etc/relayaudit/agent.yml", OPTION_TEXT, offsetof(struct agent_options, config), 0, 0, NULL, NULL },
	{ 0, "check", NULL, "read the configuration, tell its mistakes, and end", OPTION_FLAG, offsetof(struct agent_options, check), 0, 0, NULL, NULL },
	{ 0, "dir", "DIR", "of keys: where they lie; $XDG_CONFIG_HOME/relayaudit/agent", OPTION_TEXT, offsetof(struct agent_options, directory), 0, 0, NULL, NULL },
	{ 'q', "quiet", NULL, "log nothing but what keeps the agent from its work", OPTION_FLAG, offsetof(struct agent_options, quiet), 0, 0, NULL, NULL },
	{ 0, NULL, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL },
};

struct service {
	const struct agent_options *options;
	struct agent_config config;
	struct event_base *base;
	struct address listen[LISTEN_MOST];
	struct agent_settings settings;
	struct sink_service_settings sink_settings;
	struct agent_server *server;
	struct sink_service *sink;
};

static void say(void *context, const char *line)
{
	const struct service *service = context;
	char stamp[CLOCK_STAMP];

	if (service->options->quiet)
		return;
	clock_stamp(time(NULL), stamp);
	fprintf(stderr, "%s relayaudit agent: %s\n", stamp, line);
}

static void say_sink(void *context, const char *line)
{
	char *text = mem_printf("sink: %s", line);

	say(context, text);
	free(text);
}

/* From where the agent asks, with an honest name: what the file says, else the address's own, else this host's. */
static struct vantage *vantage_of(const struct agent_config *config, enum expect expect, struct err *err)
{
	char *uri = config->bind ? mem_printf("agent=bind:%s", config->bind) : mem_text("agent=local");
	struct vantage *vantage = vantage_parse(uri, err);
	const struct address *address = vantage ? vantage_address(vantage) : NULL;
	char name[256] = "", literal[ADDRESS_TEXT];

	free(uri);
	if (vantage == NULL)
		return NULL;
	vantage->expect = expect;
	if (config->helo != NULL) {
		vantage->helo = mem_text(config->helo);
		return vantage;
	}
	if (address != NULL) {
		address_print_literal(address, literal);
		vantage->helo = resolve_name(address, NAME_PATIENCE);
		if (vantage->helo == NULL)
			vantage->helo = mem_text(literal);
	} else {
		vantage->helo = mem_text(gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "localhost");
	}
	return vantage;
}

static int set_up_sink(struct service *service, struct err *err)
{
	const struct agent_config *config = &service->config;

	if (!config->sink.wanted)
		return 0;
	service->sink_settings = (struct sink_service_settings){
		.listen = config->sink.listen.texts,
		.listen_count = config->sink.listen.count,
		.domains = config->sink.domains.texts,
		.domain_count = config->sink.domains.count,
		.store = config->sink.store,
		.quota = STORE_QUOTA,
		.key = config->sink.key,
		.contact = config->sink.contact,
		.limits = &sink_usual_limits,
		.log = say_sink,
		.context = service,
	};
	service->sink = sink_service_new(service->base, &service->sink_settings, err);
	return service->sink ? 0 : -1;
}

static int set_up(struct service *service, struct err *err)
{
	struct agent_config *config = &service->config;

	if (config->listen.count > LISTEN_MOST)
		return err_set(err, ERR_USAGE, "more than %d addresses to listen on are too many", LISTEN_MOST);
	for (size_t i = 0; i < config->listen.count; i++)
		if (listener_parse(config->listen.texts[i], &service->listen[i], err) != 0)
			return -1;
	service->settings = (struct agent_settings){
		.listen = service->listen,
		.listen_count = config->listen.count,
		.ca = config->ca,
		.crl = config->crl,
		.certificate = config->certificate,
		.key = config->key,
		.state = config->state,
		.vantages = { [EXPECT_DENY] = vantage_of(config, EXPECT_DENY, err), [EXPECT_RELAY] = vantage_of(config, EXPECT_RELAY, err) },
		.clients = config->clients,
		.client_count = config->client_count,
		.allow = config->allow,
		.allow_count = config->allow_count,
		.limits = config->limits,
		.messages = config->messages,
		.store = config->sink.wanted ? config->sink.store : NULL,
		.version = PACKAGE_VERSION,
		.log = say,
		.context = service,
	};
	if (service->settings.vantages[0] == NULL || service->settings.vantages[1] == NULL || set_up_sink(service, err) != 0)
		return -1;
	service->server = agent_server_new(service->base, &service->settings, err);
	return service->server ? 0 : -1;
}

static void on_signal(evutil_socket_t number, short what, void *context)
{
	(void)number;
	(void)what;
	event_base_loopbreak(context);
}

/* libevent's own words are about its callers, or quote who is at the other end: nothing for a log. */
static void say_nothing(int severity, const char *text)
{
	(void)severity;
	(void)text;
}

/* Where it listens is told when all is ready: whoever waits for these lines may ask. */
static void tell_ready(struct service *service)
{
	for (size_t i = 0; i < service->settings.listen_count; i++) {
		struct address where;
		char text[ADDRESS_TEXT], line[ADDRESS_TEXT + 32];

		agent_server_address(service->server, i, &where);
		address_print_port(&where, text);
		snprintf(line, sizeof line, "listening on %s", text);
		say(service, line);
	}
	notify_say("READY=1");
}

static void raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int serve(struct service *service, struct err *err)
{
	struct event *term, *interrupt;

	event_set_log_callback(say_nothing);
	raise_limits();
	/* A file that may not grow is a full store, not the end. */
	signal(SIGXFSZ, SIG_IGN);
	service->base = event_base_new();
	term = evsignal_new(service->base, SIGTERM, on_signal, service->base);
	interrupt = evsignal_new(service->base, SIGINT, on_signal, service->base);
	event_add(term, NULL);
	event_add(interrupt, NULL);
	if (set_up(service, err) == 0) {
		tell_ready(service);
		event_base_dispatch(service->base);
		notify_say("STOPPING=1");
	}
	agent_server_free(service->server);
	sink_service_free(service->sink);
	vantage_free(service->settings.vantages[0]);
	vantage_free(service->settings.vantages[1]);
	event_free(term);
	event_free(interrupt);
	event_base_free(service->base);
	return err->kind == ERR_NONE ? 0 : -1;
}

static int run_agent(const struct agent_options *read, struct err *err)
{
	struct service service = { .options = read };
	const char *path = read->config ? read->config : "/etc/relayaudit/agent.yml";
	int result = agent_config_read(&service.config, path, err);

	agent_config_tell(&service.config, stderr);
	if (result == 0 && read->check)
		printf("%s is right: %zu client%s, %zu entr%s of what may be tested\n", path, service.config.client_count,
		       service.config.client_count == 1 ? "" : "s", service.config.allow_count, service.config.allow_count == 1 ? "y" : "ies");
	else if (result == 0)
		result = serve(&service, err);
	agent_config_release(&service.config);
	return result;
}

static int init_keys(const char *directory, char **words, size_t count, struct err *err)
{
	if (agent_keys_init(directory, words, count, err) != 0)
		return -1;
	printf("%s has an authority, and the agent's own certificate for %s%s\n", directory, words[0], count > 1 ? " and others" : "");
	return 0;
}

static int issue_key(const char *directory, char **words, size_t count, struct err *err)
{
	if (count != 1)
		return err_set(err, ERR_USAGE, "whom is the certificate for? relayaudit agent keys issue NAME");
	if (agent_keys_issue(directory, words[0], err) != 0)
		return -1;
	printf("%s/%s.pem and %s.key are for the client '%s'; it needs ca.pem, too\n", directory, words[0], words[0], words[0]);
	return 0;
}

static int revoke_key(const char *directory, char **words, size_t count, struct err *err)
{
	if (count != 1)
		return err_set(err, ERR_USAGE, "whose certificate is taken back? relayaudit agent keys revoke NAME");
	if (agent_keys_revoke(directory, words[0], err) != 0)
		return -1;
	printf("%s/crl.pem names what '%s' had: an agent that reads this file refuses it within seconds\n", directory, words[0]);
	return 0;
}

static const struct deed {
	const char *name;
	int (*act)(const char *directory, char **words, size_t count, struct err *err);
} deeds[] = { { "init", init_keys }, { "issue", issue_key }, { "revoke", revoke_key } };

static int run_keys(const struct agent_options *read, char **words, size_t count, struct err *err)
{
	char *usual = read->directory ? NULL : vantage_agent_directory();
	const char *directory = read->directory ? read->directory : usual;
	int result = -1;
	size_t i = 0;

	while (count != 0 && i < sizeof deeds / sizeof *deeds && strcmp(deeds[i].name, words[0]) != 0)
		i++;
	if (count == 0 || i == sizeof deeds / sizeof *deeds)
		err_set(err, ERR_USAGE, "what about the keys? relayaudit agent keys init HOST..., issue NAME, or revoke NAME");
	else if (directory == NULL)
		err_set(err, ERR_USAGE, "neither XDG_CONFIG_HOME nor HOME is set: name the directory with --dir");
	else
		result = deeds[i].act(directory, words + 1, count - 1, err);
	free(usual);
	return result;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct agent_options read = { .config = NULL };
	struct err err = ERR_INIT;
	int operands, status = EXIT_USAGE;
	bool help;

	if (options_read(options, &read, argc, argv, &operands, &help, &err) == 0 && !help) {
		size_t count = (size_t)(argc - operands);

		if (count == 0)
			run_agent(&read, &err);
		else if (strcmp(argv[operands], "keys") == 0)
			run_keys(&read, argv + operands + 1, count - 1, &err);
		else
			err_set(&err, ERR_USAGE, "an agent takes no '%.60s'; 'keys' would be", argv[operands]);
	}
	if (help)
		options_help(command, stdout);
	if (err.kind == ERR_NONE)
		status = EXIT_FINE;
	else
		fprintf(stderr, "relayaudit: %s\n", err.text);
	return status;
}

const struct command command_agent = {
	.name = "agent",
	.about = "runs as a remote vantage, for those whose certificate says so",
	.usage = "[--config FILE]\n   or: relayaudit agent keys [--dir DIR] init HOST... | issue NAME | revoke NAME",
	.more = "Listens for jobs over HTTPS, from clients with a certificate of its own authority,\n"
		"and runs their probes from here, against those servers that its own configuration\n"
		"names and no others. 'keys' makes the authority and its certificates.\n\n"
		"Examples:\n"
		"  relayaudit agent keys init probe.example.net\n"
		"  relayaudit agent keys issue controller\n"
		"  relayaudit agent --config agent.yml\n"
		"  relayaudit scan mail.example.org --from agent:https://probe.example.net",
	.options = options,
	.run = run,
};
