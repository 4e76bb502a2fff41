/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent.c - a vantage that is a relayaudit agent, the controller's side
 *
 * An agent drives dialogues by itself: it is sent a job and answers with results, so that
 * this kind has no way for sessions.  It is asked over HTTPS, with a certificate of
 * ours and an authority of our own: no other is believed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/http.h"
#include "vantage/vantage_kind.h"

enum {
	AGENT_PORT = 8625,
	AGENT_HOST_MOST = 255,
	/* For the connection and its handshake, behind which an agent answers at once. */
	AGENT_PATIENCE = 15 * CLOCK_S,
	AGENT_HEADER_MOST = 16 << 10
};

/* The kind's `way`. */
struct agent {
	struct http *http;              /* made with the first post, on its loop */
	char *url;                      /* "https://host:port" */
	char *ca, *certificate, *key;
};

char *vantage_agent_directory(void)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	/* The specification of base directories takes a relative path for none. */
	if (config != NULL && config[0] == '/')
		return mem_printf("%s/relayaudit/agent", config);
	if (home != NULL && home[0] == '/')
		return mem_printf("%s/.config/relayaudit/agent", home);
	return NULL;
}

static int choose_file(const char *named, const char *usual, char **file, struct err *err)
{
	char *directory = named ? NULL : vantage_agent_directory();

	*file = named ? mem_text(named) : directory ? mem_printf("%s/%s", directory, usual) : NULL;
	free(directory);
	if (*file == NULL)
		return err_set(err, ERR_USAGE, "agent: neither XDG_CONFIG_HOME nor HOME is set: name the files with ca=, certificate= and key=");
	return 0;
}

/* "HOST", "HOST:PORT", "[2001:db8::1]:PORT" */
static int read_place(const char *place, struct agent *agent, struct err *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
	size_t host = place[0] == '[' ? strcspn(place, "]") + 1 : strspn(place, allowed);
	struct address address;
	struct err ignored = ERR_INIT;
	bool literal = place[0] == '[', sound = host != 0 && host <= AGENT_HOST_MOST && host <= strlen(place);
	char *name = mem_bytes(place, sound ? host : 0);
	long port = AGENT_PORT;

	sound = sound && (!literal || address_parse(name, &address, &ignored) == 0);
	free(name);
	if (sound && place[host] == ':')
		port = text_number(place + host + 1, 1, 65535);
	else if (sound && place[host] != '\0')
		sound = false;
	if (!sound || port < 0)
		return err_set(err, ERR_USAGE, "agent: '%.80s' is no host and port: agent:https://HOST or agent:https://HOST:PORT", place);
	agent->url = mem_printf("https://%.*s:%ld", (int)host, place, port);
	return 0;
}

static int parse(const char *rest, struct vantage *vantage, struct err *err)
{
	static const char before[] = "https://";
	struct agent *agent = mem_new(sizeof *agent);

	vantage->way = agent;
	if (strncmp(rest, before, sizeof before - 1) != 0)
		return err_set(err, ERR_USAGE, "an agent is asked over HTTPS and in no other way: %s", vantage->kind->usage);
	if (read_place(rest + sizeof before - 1, agent, err) != 0 || choose_file(vantage->files.ca, "ca.pem", &agent->ca, err) != 0 ||
	    choose_file(vantage->files.certificate, "controller.pem", &agent->certificate, err) != 0 ||
	    choose_file(vantage->files.key, "controller.key", &agent->key, err) != 0)
		return -1;
	return 0;
}

static void release(struct vantage *vantage)
{
	struct agent *agent = vantage->way;

	if (agent == NULL)
		return;
	http_free(agent->http);
	free(agent->url);
	free(agent->ca);
	free(agent->certificate);
	free(agent->key);
	free(agent);
}

static struct http_transfer *post(const struct vantage *vantage, struct event_base *base, const struct vantage_post *post,
				  const struct http_events *events, void *context, struct err *err)
{
	static const char *const headers[] = { "Content-Type: application/json", "Accept: application/x-ndjson", NULL };
	struct agent *agent = vantage->way;
	char *url = mem_printf("%s%s", agent->url, post->path);
	const struct http_request request = {
		.peer = {
			.url = url,
			.protocols = "https",
			.ca_file = agent->ca,
			.cert_file = agent->certificate,
			.key_file = agent->key,
			.connect_timeout = AGENT_PATIENCE,
			.timeout = post->timeout,
		},
		.headers = post->body ? headers : NULL,
		.body = post->body,
		.body_len = post->len,
		.header_most = AGENT_HEADER_MOST,
		.body_most = post->answer_most,
	};
	struct http_transfer *transfer = NULL;

	if (agent->http != NULL || (agent->http = http_new(base, err)) != NULL)
		transfer = http_transfer(agent->http, &request, events, context, err);
	free(url);
	return transfer;
}

const struct vantage_kind vantage_agent = {
	.scheme = "agent",
	.usage = "agent:https://HOST[:PORT]",
	.about = "a relayaudit agent, which is sent what to ask",
	.takes = PARAMETER_FILES,
	.parse = parse,
	.release = release,
	.post = post,
};
