/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VANTAGE_VANTAGE_H
#define VANTAGE_VANTAGE_H

/*
 * From where: the places from which dialogues are driven, with their names and
 * what is expected of each.
 */

#include <stdbool.h>
#include <stddef.h>

#include "net/address.h"
#include "net/stream.h"
#include "smtp/session.h"
#include "vantage/target.h"

struct err;
struct event_base;
struct http_events;
struct http_transfer;
struct vantage_kind;

enum expect { EXPECT_DENY, EXPECT_RELAY };

/* Ports of its own: a private listener or two. */
enum { VANTAGE_PORTS_MOST = 8 };

struct vantage {
	char *name;
	char *via;                      /* the URI, without "expect=" and without secrets */
	enum expect expect;
	const struct vantage_kind *kind;
	struct origin origin;           /* where our own end of a connection is */
	struct address client;          /* as whom the server should see us; family 0: as our end of the connection, or not known */
	bool any_client;                /* none is named: vantage_assume() does so before each session */
	char *client_name;              /* the client's name in DNS; NULL: none, or not looked up; set by the scan */
	struct port ports[VANTAGE_PORTS_MOST]; /* asked from here instead of the scan's; may be none */
	size_t port_count;
	bool has_tls;                   /* it speaks so to all of its endpoints: */
	enum tls_mode tls;
	bool once;                      /* it reaches one server whatever the endpoint says: the first is asked, for all */
	struct {
		char *ca, *certificate, *key;   /* PEM; NULL: the usual ones */
	} files;
	void *way;                      /* the kind's */
	char *helo;                     /* its own name, for EHLO; set by the scan */
};

/*
 * "[NAME=]URI[?PARAMETER=VALUE[&...]]".  Without a name, the URI (via) is the name.  A vantage with children (exec, ssh) is
 * freed before the loop that its sessions ran on.
 */
struct vantage *vantage_parse(const char *text, struct err *err);

/* The same without a client's address: "xclient", "proxyv2", "exec:exim4 -bh {client}".  A kind that cannot be any client is refused. */
struct vantage *vantage_parse_any(const char *text, struct err *err);

/* Only for those: the client that its sessions from now on are.  One session at a time. */
void vantage_assume(struct vantage *vantage, const struct address *client);

void vantage_free(struct vantage *vantage);

/* Whether connections to addresses of that family can be made from here. */
bool vantage_has_family(const struct vantage *vantage, int family);

/* Whether the port is one of its own, for a vantage that has such. */
bool vantage_has_port(const struct vantage *vantage, unsigned short number, enum tls_mode mode);

/* How it speaks to an endpoint of that mode. */
enum tls_mode vantage_mode(const struct vantage *vantage, enum tls_mode mode);

/* The address by which it is known: the client's, else its own end's; NULL where neither is known beforehand. */
const struct address *vantage_address(const struct vantage *vantage);

/*
 * Fills in of a session's settings what is the vantage's: `from`, `dial`, `preamble`, `claim` and `name`.  `to` stands there
 * already.  The vantage outlives the session.
 */
void vantage_prepare(const struct vantage *vantage, struct session_settings *settings);

/* Whether its dialogues are driven at the other end: it is sent what to ask, and no session starts here. */
bool vantage_is_remote(const struct vantage *vantage);

/* Where an agent's authority and our certificate usually lie: $XDG_CONFIG_HOME/relayaudit/agent, or below $HOME/.config; the caller's.  NULL: nowhere. */
char *vantage_agent_directory(void);

/* What is sent to such a vantage; borrowed for the call, but for the body: until it is over. */
struct vantage_post {
	const char *body;               /* a job, audit/job.h; NULL: none */
	const char *path;               /* "/v1/..." */
	size_t len;
	int64_t timeout;                /* microseconds, in all */
	size_t answer_most;             /* bytes */
};

/* As http_transfer() (net/http.h).  The vantage outlives it. */
struct http_transfer *vantage_post(const struct vantage *vantage, struct event_base *base, const struct vantage_post *post,
				   const struct http_events *events, void *context, struct err *err);

const char *expect_name(enum expect expect);

/* The kinds, for --help; NULL at the end. */
const struct vantage_kind *vantage_kind_at(size_t index);

#endif
