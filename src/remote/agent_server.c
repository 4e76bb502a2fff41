/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent_server.c - an agent's doors, its jobs, and who asked for them
 *
 * evhttp reads requests and writes answers; who may come so far is agent_visit.c's.
 * Each answer closes its connection, so that each request shows its certificate anew.
 */
#include "remote/agent_server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/job.h"
#include "audit/result.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/listener.h"
#include "net/tls.h"
#include "net/tls_gate.h"
#include "remote/agent_caught.h"
#include "remote/agent_job.h"
#include "remote/agent_nonce.h"
#include "remote/agent_visit.h"
#include "vantage/vantage.h"

enum {
	HEADERS_MOST = 16 << 10,
	/* Waiting to be accepted: what comes in one turn of the loop is all taken at once. */
	BACKLOG = 256,
	/* The revocation list is looked at so often; it has to be in force within a minute. */
	LIST_SECONDS = 5,
	PATH_SHOWN = 80,
	/* One or two are enough, unless something else keeps the loop busy. */
	TURNS_AT_THE_END = 100
};

/* A process has 1024 descriptors where nobody says otherwise; each job has as many more as its sessions. */
const struct agent_limits agent_usual_limits = {
	.jobs = 16,
	.jobs_client = 8,
	.hourly = 600,
	.sessions = 8,
	.connections = 256,
	.connections_peer = 32,
	/* All probes of the suite all at 12 endpoints for two domains. */
	.attempts = 5000,
	.result_mib = 16,
	.patience = 10 * CLOCK_S,
};

struct work;

struct agent_server {
	const struct agent_settings *settings;
	struct event_base *base;
	struct agent_visit_settings visit_settings;
	struct agent_visits *visits;
	struct agent_nonces *nonces;
	struct agent_caught *caught;    /* NULL: there is no sink */
	struct tls_context *tls;        /* for the servers under test */
	struct evhttp *http;
	struct address *bound;
	struct event list;              /* looks at the revocation list */
	struct work *works;
	unsigned running;
};

/* A request, while it is answered. */
struct asked {
	struct agent_server *server;
	struct evhttp_request *request;
	struct agent_client *client;
	struct tls_peer peer;
	struct address from;
	const char *path;
};

/* A job at work, and its answer. */
struct work {
	struct work *next;
	struct asked asked;             /* its path is no longer there */
	struct agent_job_settings settings;
	struct agent_job *job;
	char *about;
	char *how;                      /* it ended; NULL before */
	int64_t begun;
};

/* One line a request: who, what, and how it went. */
static void note(const struct asked *asked, const char *method, const char *path, int status, const char *what)
{
	const struct agent_settings *settings = asked->server->settings;
	struct buf line = BUF_INIT(1024);
	char from[ADDRESS_TEXT];

	address_print(&asked->from, from);
	buf_printf(&line, "%s %s %s ", from, asked->peer.name[0] ? asked->peer.name : "-", method);
	text_escape(&line, path, strnlen(path, PATH_SHOWN));
	buf_printf(&line, " %d %s", status, what);
	settings->log(settings->context, line.data);
	buf_release(&line);
}

static const char *method_of(struct evhttp_request *request)
{
	switch (evhttp_request_get_command(request)) {
	case EVHTTP_REQ_GET:
		return "GET";
	case EVHTTP_REQ_POST:
		return "POST";
	default:
		return "?";
	}
}

static const char *phrase_of(int status)
{
	return status == 200 ? "OK" : status < 500 ? "Refused" : "Failed";
}

static void set_headers(struct evhttp_request *request, const char *type)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);

	evhttp_add_header(headers, "Content-Type", type);
	evhttp_add_header(headers, "Connection", "close");
	evhttp_add_header(headers, "Cache-Control", "no-store");
}

static void answer(const struct asked *asked, int status, const char *type, const char *text, size_t len, const char *what)
{
	struct evbuffer *body = evbuffer_new();

	if (body == NULL || evbuffer_add(body, text, len) != 0)
		BUG("libevent has no buffer to give");
	set_headers(asked->request, type);
	note(asked, method_of(asked->request), asked->path, status, what);
	evhttp_send_reply(asked->request, status, phrase_of(status), body);
	evbuffer_free(body);
}

static void refuse(const struct asked *asked, int status, const char *sentence)
{
	char *line = mem_printf("%s\n", sentence);

	answer(asked, status, "text/plain; charset=us-ascii", line, strlen(line), sentence);
	free(line);
}

/* Jobs */

static void say(void *context, const char *lines, size_t len)
{
	struct work *work = context;
	struct evbuffer *chunk = evbuffer_new();

	if (chunk == NULL || evbuffer_add(chunk, lines, len) != 0)
		BUG("libevent has no buffer to give");
	evhttp_send_reply_chunk(work->asked.request, chunk);
	evbuffer_free(chunk);
}

/* The job is no more, however it ended. */
static void finish(struct work *work)
{
	struct agent_server *server = work->asked.server;
	struct work **at = &server->works;
	char *what = mem_printf("%s: %s after %lld ms", work->about, work->how, (long long)((clock_now() - work->begun) / CLOCK_MS));

	while (*at != work)
		at = &(*at)->next;
	*at = work->next;
	server->running--;
	agent_client_end(work->asked.client);
	note(&work->asked, "POST", "/v1/jobs", 200, what);
	agent_job_free(work->job);
	free(what);
	free(work->how);
	free(work->about);
	free(work);
}

/*
 * All was sent.  libevent calls this once for each time that nothing is left to be written, and perhaps a turn later
 * than that: ending an answer while more is on its way would lose it.
 */
static void on_drained(struct evhttp_connection *connection, void *context)
{
	struct work *work = context;
	struct evhttp_request *request = work->asked.request;

	if (evbuffer_get_length(bufferevent_get_output(evhttp_connection_get_bufferevent(connection))) != 0)
		return;
	evhttp_connection_set_closecb(connection, NULL, NULL);
	finish(work);
	evhttp_send_reply_end(request);
}

/* The job is over: the last line says how. */
static void on_over(void *context, const char *fault)
{
	struct work *work = context;
	struct evbuffer *chunk = evbuffer_new();
	struct buf line = BUF_INIT(1024);

	agent_job_free(work->job);
	work->job = NULL;
	if (work->how != NULL)
		return;
	work->how = mem_text(fault ? fault : "done");
	result_write_sign(fault ? RESULT_FAULT : RESULT_DONE, fault, &line);
	if (chunk == NULL || evbuffer_add(chunk, line.data, line.len) != 0)
		BUG("libevent has no buffer to give");
	evhttp_send_reply_chunk_with_cb(work->asked.request, chunk, on_drained, work);
	evbuffer_free(chunk);
	buf_release(&line);
}

static void on_left(struct evhttp_connection *connection, void *context)
{
	struct work *work = context;
	struct evhttp_request *request = work->asked.request;

	(void)connection;
	if (work->how == NULL)
		work->how = mem_text("the client left");
	finish(work);
	/* A request whose answer was on its way is not freed with its connection, but parted from it: it is ours then. */
	if (evhttp_request_get_connection(request) == NULL)
		evhttp_request_free(request);
}

static void begin(const struct asked *asked, struct job *job)
{
	struct agent_server *server = asked->server;
	const struct agent_settings *settings = server->settings;
	struct work *work = mem_new(sizeof *work);
	struct err err = ERR_INIT;

	*work = (struct work){ .next = server->works, .asked = *asked, .begun = clock_now() };
	work->settings = (struct agent_job_settings){
		.base = server->base,
		.tls = server->tls,
		.vantage = settings->vantages[job->relays ? EXPECT_RELAY : EXPECT_DENY],
		.sessions_most = settings->limits.sessions,
		.result_most = (size_t)settings->limits.result_mib << 20,
		.say = say,
		.over = on_over,
		.context = work,
	};
	work->about = mem_printf("%s, %zu endpoint%s, %zu probe%s", job->name, job->endpoint_count, job->endpoint_count == 1 ? "" : "s",
				 job->probe_count, job->probe_count == 1 ? "" : "s");
	server->works = work;
	server->running++;
	agent_client_begin(asked->client, settings->limits.hourly, work->begun);
	set_headers(asked->request, "application/x-ndjson");
	evhttp_send_reply_start(asked->request, 200, "OK");
	evhttp_connection_set_closecb(evhttp_request_get_connection(asked->request), on_left, work);
	work->job = agent_job_start(&work->settings, job, &err);
	if (work->job == NULL)
		on_over(work, err.text);
}

/* What the job itself says. */
static int check_job(const struct agent_settings *settings, const struct job *job, struct err *err)
{
	int64_t now = time(NULL);

	if (job->expires <= now)
		return err_set(err, ERR_FORBIDDEN, "this job has expired: the clocks of controller and agent may differ");
	if (job->expires > now + JOB_LIFE_MOST)
		return err_set(err, ERR_FORBIDDEN, "this job would be good for more than %d s", JOB_LIFE_MOST);
	if (job->confirm && !settings->messages)
		return err_set(err, ERR_FORBIDDEN, "this agent sends no test messages: its configuration would have to say 'messages: yes'");
	if (job_attempts(job) > settings->limits.attempts)
		return err_set(err, ERR_LIMIT, "the job comes to %zu attempts, and this agent makes %u of one job: choose fewer probes or endpoints",
			       job_attempts(job), settings->limits.attempts);
	return agent_allow_job(settings->allow, settings->allow_count, job, err);
}

static int check_room(const struct asked *asked, struct err *err)
{
	const struct agent_server *server = asked->server;
	const struct agent_limits *limits = &server->settings->limits;

	if (server->running >= limits->jobs)
		return err_set(err, ERR_LIMIT, "%u jobs are at work, and no more may be at once", server->running);
	return agent_client_may_begin(asked->client, limits->jobs_client, limits->hourly, clock_now(), err);
}

static int status_of(const struct err *err)
{
	return err->kind == ERR_FORBIDDEN ? 403 : err->kind == ERR_LIMIT ? 429 : err->kind == ERR_SYSTEM ? 500 : 400;
}

static void serve_jobs(const struct asked *asked, const char *query)
{
	struct evbuffer *body = evhttp_request_get_input_buffer(asked->request);
	size_t len = evbuffer_get_length(body);
	struct err err = ERR_INIT;
	struct job *job = NULL;
	bool fault = false;

	(void)query;
	if (check_room(asked, &err) == 0) {
		job = job_read((const char *)evbuffer_pullup(body, -1), len, &err);
		fault = job == NULL;
	}
	if (job != NULL && check_job(asked->server->settings, job, &err) == 0 &&
	    agent_nonces_take(asked->server->nonces, job->nonce, job->expires, &err) != 0)
		fault = err.kind == ERR_FORBIDDEN;
	if (err.kind == ERR_NONE) {
		begin(asked, job);
		return;
	}
	if (fault)
		agent_client_fault(asked->client, clock_now());
	job_free(job);
	refuse(asked, status_of(&err), err.text);
}

static void serve_health(const struct asked *asked, const char *query)
{
	char *text = mem_printf("{\"status\":\"ok\",\"jobs\":%u}\n", asked->server->running);

	(void)query;
	answer(asked, 200, "application/json", text, strlen(text), "ok");
	free(text);
}

static void serve_version(const struct asked *asked, const char *query)
{
	char *text = mem_printf("{\"name\":\"relayaudit\",\"version\":\"%s\",\"job\":\"relayaudit-job/1\"}\n", asked->server->settings->version);

	(void)query;
	answer(asked, 200, "application/json", text, strlen(text), "ok");
	free(text);
}

static void serve_caught(const struct asked *asked, const char *query)
{
	struct buf lines = BUF_INIT(AGENT_CAUGHT_ANSWER);
	struct err err = ERR_INIT;

	if (asked->server->caught == NULL)
		refuse(asked, 404, "this agent has no sink");
	else if (agent_caught_print(asked->server->caught, query, &lines, &err) != 0)
		refuse(asked, 400, err.text);
	else
		answer(asked, 200, "application/x-ndjson", lines.data, lines.len, "ok");
	buf_release(&lines);
}

static const struct door {
	const char *path;
	enum evhttp_cmd_type method;
	void (*serve)(const struct asked *asked, const char *query);
} doors[] = {
	{ "/v1/jobs", EVHTTP_REQ_POST, serve_jobs },
	{ "/v1/health", EVHTTP_REQ_GET, serve_health },
	{ "/v1/version", EVHTTP_REQ_GET, serve_version },
	{ "/v1/caught", EVHTTP_REQ_GET, serve_caught },
};

static const struct door *door_of(const char *path, size_t len)
{
	for (size_t i = 0; i < sizeof doors / sizeof *doors; i++)
		if (strlen(doors[i].path) == len && strncmp(doors[i].path, path, len) == 0)
			return &doors[i];
	return NULL;
}

static void on_request(struct evhttp_request *request, void *context)
{
	struct agent_server *server = context;
	const struct agent_settings *settings = server->settings;
	struct bufferevent *connection = evhttp_connection_get_bufferevent(evhttp_request_get_connection(request));
	struct asked asked = { .server = server, .request = request, .path = evhttp_request_get_uri(request) };
	size_t len = strcspn(asked.path, "?");
	const struct door *door = door_of(asked.path, len);

	agent_visits_serve(connection, &asked.from);
	if (tls_gate_peer(connection, &asked.peer))
		asked.client = agent_client_find(settings->clients, settings->client_count, &asked.peer);
	if (asked.client == NULL)
		refuse(&asked, 403, "your certificate is good, and this agent's configuration does not name it");
	else if (door == NULL)
		refuse(&asked, 404, "there is no such path");
	else if (evhttp_request_get_command(request) != door->method)
		refuse(&asked, 405, "this path is asked in another way");
	else
		door->serve(&asked, asked.path[len] == '?' ? asked.path + len + 1 : "");
}

static struct bufferevent *on_connection(struct event_base *base, void *context)
{
	struct agent_server *server = context;

	(void)base;
	return agent_visits_open(server->visits);
}

/* Whose certificate was taken back meanwhile has no job any more. */
static void on_list(evutil_socket_t fd, short what, void *context)
{
	static const char fault[] = "the client's certificate was revoked";
	struct agent_server *server = context;
	struct tls_gate *gate = agent_visits_gate(server->visits);
	struct err err = ERR_INIT;
	int changed = tls_gate_refresh(gate, &err);
	struct work *next;

	(void)fd;
	(void)what;
	if (changed == 0)
		return;
	server->settings->log(server->settings->context, changed < 0 ? err.text : "the list of revoked certificates was read anew");
	for (struct work *work = server->works; work != NULL; work = next) {
		next = work->next;
		if (tls_gate_revokes(gate, &work->asked.peer))
			on_over(work, fault);
	}
}

static int open_doors(struct agent_server *server, struct err *err)
{
	const struct agent_settings *settings = server->settings;

	server->bound = mem_new((settings->listen_count + 1) * sizeof *server->bound);
	for (size_t i = 0; i < settings->listen_count; i++) {
		int fd = listener_socket(&settings->listen[i], BACKLOG, &server->bound[i], err);

		if (fd < 0)
			return -1;
		if (evhttp_accept_socket_with_handle(server->http, fd) == NULL)
			BUG("libevent takes no listening socket");
	}
	return 0;
}

static void set_up_http(struct agent_server *server)
{
	server->http = evhttp_new(server->base);
	if (server->http == NULL)
		BUG("libevent has no server to give");
	evhttp_set_bevcb(server->http, on_connection, server);
	evhttp_set_gencb(server->http, on_request, server);
	evhttp_set_max_headers_size(server->http, HEADERS_MOST);
	evhttp_set_max_body_size(server->http, AGENT_BODY_MOST);
	evhttp_set_allowed_methods(server->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST);
	evhttp_set_timeout(server->http, (int)(server->settings->limits.patience / CLOCK_S) + 1);
}

struct agent_server *agent_server_new(struct event_base *base, const struct agent_settings *settings, struct err *err)
{
	static const struct timeval every = { LIST_SECONDS, 0 };
	struct agent_server *server = mem_new(sizeof *server);

	server->settings = settings;
	server->base = base;
	server->visit_settings = (struct agent_visit_settings){
		.ca = settings->ca,
		.crl = settings->crl,
		.certificate = settings->certificate,
		.key = settings->key,
		.most = settings->limits.connections,
		.most_peer = settings->limits.connections_peer,
		.patience = settings->limits.patience,
		.log = settings->log,
		.context = settings->context,
	};
	event_assign(&server->list, base, -1, EV_PERSIST, on_list, server);
	set_up_http(server);
	if ((server->tls = tls_client(err)) == NULL || (server->visits = agent_visits_new(base, &server->visit_settings, err)) == NULL ||
	    (server->nonces = agent_nonces_open(settings->state, err)) == NULL ||
	    (settings->store != NULL && (server->caught = agent_caught_new(base, settings->store, err)) == NULL) || open_doors(server, err) != 0) {
		agent_server_free(server);
		return NULL;
	}
	event_add(&server->list, &every);
	return server;
}

void agent_server_address(const struct agent_server *server, size_t index, struct address *address)
{
	*address = server->bound[index];
}

void agent_server_free(struct agent_server *server)
{
	if (server == NULL)
		return;
	event_del(&server->list);
	while (server->works != NULL) {
		evhttp_connection_set_closecb(evhttp_request_get_connection(server->works->asked.request), NULL, NULL);
		if (server->works->how == NULL)
			server->works->how = mem_text("the agent ended");
		finish(server->works);
	}
	evhttp_free(server->http);
	/* Bufferevents end in turns of the loop, and their visits with them. */
	for (int turn = 0; turn < TURNS_AT_THE_END && !agent_visits_are_over(server->visits); turn++)
		event_base_loop(server->base, EVLOOP_NONBLOCK);
	agent_visits_free(server->visits);
	agent_caught_free(server->caught);
	agent_nonces_close(server->nonces);
	tls_context_free(server->tls);
	for (size_t i = 0; i < server->settings->client_count; i++)
		agent_client_release(&server->settings->clients[i]);
	free(server->bound);
	free(server);
}
