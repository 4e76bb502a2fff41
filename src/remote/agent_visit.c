/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent_visit.c - who is at the door
 *
 * evhttp sets the descriptor behind the call that makes the connection, so that it is
 * looked at in the next turn of the loop.  A connection that has to go is shut
 * down, and evhttp sees its end and frees it.
 */
#include "remote/agent_visit.h"

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <stdio.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/tls_gate.h"
#include "remote/agent_job.h"
#include "remote/agent_peer.h"

/* What a connection may hold that is not read yet: a whole job, and some. */
enum { INPUT_MOST = AGENT_BODY_MOST + (64 << 10), LINES_A_SECOND = 5 };

struct visit {
	struct agent_visits *visits;
	TAILQ_ENTRY(visit) link;
	struct bufferevent *connection;
	struct event look;              /* once, when the descriptor is there */
	struct event limit;
	struct address from;            /* family 0: not looked at yet */
	bool secured, served;
	bool leaving;                   /* shut down by us: no longer counted */
	bool refused;
};

struct agent_visits {
	const struct agent_visit_settings *settings;
	struct tls_gate_settings gate_settings;
	struct event_base *base;
	struct tls_gate *gate;
	struct agent_peers *peers;
	TAILQ_HEAD(visit_list, visit) list;     /* the oldest first */
	size_t count;                   /* without those that are leaving */
	int64_t second;                 /* of the lines that were logged */
	unsigned lines;
};

static void say(struct agent_visits *visits, const struct address *from, const char *what)
{
	int64_t now = clock_now();
	char text[ADDRESS_TEXT], line[ADDRESS_TEXT + 120];

	if (now - visits->second >= CLOCK_S) {
		visits->second = now;
		visits->lines = 0;
	}
	if (visits->lines++ >= LINES_A_SECOND)
		return;
	address_print(from, text);
	snprintf(line, sizeof line, "%s %s", text, what);
	visits->settings->log(visits->settings->context, line);
}

static void turn_away(struct visit *visit)
{
	evutil_socket_t fd = bufferevent_getfd(visit->connection);

	if (visit->leaving)
		return;
	visit->leaving = true;
	visit->visits->count--;
	if (fd >= 0)
		shutdown(fd, SHUT_RDWR);
}

static bool shares_peer(const struct address *a, const struct address *b)
{
	return address_is_in(a, b, a->family == AF_INET6 ? 64 : 32);
}

static size_t count_from(const struct agent_visits *visits, const struct address *from)
{
	const struct visit *visit;
	size_t count = 0;

	TAILQ_FOREACH (visit, &visits->list, link)
		count += !visit->leaving && visit->from.family != 0 && shares_peer(&visit->from, from);
	return count;
}

/* The oldest that has shown nothing goes; of those who have, the oldest without a request. */
static void make_room(struct agent_visits *visits, const struct address *from)
{
	struct visit *visit, *worst = NULL;

	TAILQ_FOREACH (visit, &visits->list, link) {
		if (visit->leaving || visit->served || (from != NULL && (visit->from.family == 0 || !shares_peer(&visit->from, from))))
			continue;
		if (worst == NULL || (worst->secured && !visit->secured))
			worst = visit;
	}
	if (worst != NULL)
		turn_away(worst);
}

static void learn_address(struct visit *visit)
{
	struct agent_visits *visits = visit->visits;
	struct sockaddr_storage peer;
	socklen_t size = sizeof peer;

	if (visit->from.family != 0 || visit->leaving)
		return;
	if (getpeername(bufferevent_getfd(visit->connection), (struct sockaddr *)&peer, &size) != 0 ||
	    address_from_socket((struct sockaddr *)&peer, &visit->from) != 0) {
		visit->from.family = 0;
		turn_away(visit);
		return;
	}
	address_unmap(&visit->from);
	if (count_from(visits, &visit->from) > visits->settings->most_peer)
		make_room(visits, &visit->from);
	if (visits->count > visits->settings->most)
		make_room(visits, NULL);
}

static void on_look(evutil_socket_t fd, short what, void *context)
{
	struct visit *visit = context;
	struct timeval patience = { .tv_sec = visit->visits->settings->patience / CLOCK_S,
				    .tv_usec = visit->visits->settings->patience % CLOCK_S };

	(void)fd;
	(void)what;
	learn_address(visit);
	if (!visit->served)
		event_add(&visit->limit, &patience);
}

static void on_limit(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	turn_away(context);
}

static bool on_hello(void *context, void *about)
{
	struct agent_visits *visits = context;
	struct visit *visit = about;

	learn_address(visit);
	visit->refused = visit->from.family == 0 || agent_peers_is_refused(visits->peers, &visit->from, clock_now());
	return !visit->refused;
}

static void on_secured(void *context, void *about)
{
	struct agent_visits *visits = context;
	struct visit *visit = about;

	visit->secured = true;
	if (visit->from.family != 0)
		agent_peers_good(visits->peers, &visit->from, clock_now());
}

static void on_gone(void *context, void *about)
{
	struct agent_visits *visits = context;
	struct visit *visit = about;

	event_del(&visit->look);
	event_del(&visit->limit);
	TAILQ_REMOVE(&visits->list, visit, link);
	if (!visit->leaving)
		visits->count--;
	/* Who was refused already is not refused the longer for it; who made room for others had no time. */
	if (!visit->secured && !visit->refused && !visit->leaving && visit->from.family != 0) {
		if (agent_peers_fault(visits->peers, &visit->from, clock_now()))
			say(visits, &visit->from, "shows no good certificate, again and again: refused for a while");
	}
	free(visit);
}

struct agent_visits *agent_visits_new(struct event_base *base, const struct agent_visit_settings *settings, struct err *err)
{
	struct agent_visits *visits = mem_new(sizeof *visits);

	visits->settings = settings;
	visits->base = base;
	visits->gate_settings = (struct tls_gate_settings){
		.ca = settings->ca,
		.crl = settings->crl,
		.certificate = settings->certificate,
		.key = settings->key,
		.hello = on_hello,
		.secured = on_secured,
		.gone = on_gone,
		.context = visits,
	};
	TAILQ_INIT(&visits->list);
	visits->peers = agent_peers_new();
	visits->gate = tls_gate_new(&visits->gate_settings, err);
	if (visits->gate != NULL)
		return visits;
	agent_visits_free(visits);
	return NULL;
}

void agent_visits_free(struct agent_visits *visits)
{
	if (visits == NULL)
		return;
	tls_gate_free(visits->gate);
	agent_peers_free(visits->peers);
	free(visits);
}

struct bufferevent *agent_visits_open(struct agent_visits *visits)
{
	struct visit *visit = mem_new(sizeof *visit);
	struct timeval now = { 0, 0 };

	visit->visits = visits;
	event_assign(&visit->look, visits->base, -1, 0, on_look, visit);
	event_assign(&visit->limit, visits->base, -1, 0, on_limit, visit);
	event_add(&visit->look, &now);
	TAILQ_INSERT_TAIL(&visits->list, visit, link);
	visits->count++;
	visit->connection = tls_gate_open(visits->gate, visits->base, visit);
	bufferevent_setwatermark(visit->connection, EV_READ, 0, INPUT_MOST);
	return visit->connection;
}

void agent_visits_serve(struct bufferevent *connection, struct address *from)
{
	static const struct timeval write_patience = { 30, 0 };
	struct visit *visit = tls_gate_visit(connection);

	learn_address(visit);
	visit->served = true;
	event_del(&visit->limit);
	/* Nothing more is to come from there, and a job is quiet for long. */
	bufferevent_set_timeouts(connection, NULL, &write_patience);
	*from = visit->from;
}

bool agent_visits_are_over(const struct agent_visits *visits)
{
	return visits == NULL || TAILQ_EMPTY(&visits->list);
}

struct tls_gate *agent_visits_gate(const struct agent_visits *visits)
{
	return visits->gate;
}
