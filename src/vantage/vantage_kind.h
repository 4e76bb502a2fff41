/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VANTAGE_VANTAGE_KIND_H
#define VANTAGE_VANTAGE_KIND_H

/*
 * What a kind of vantage is made of.  A new kind is one file with one of these
 * records, and one row in vantage.c.
 *
 * A kind whose sessions start elsewhere than in a TCP connection of ours brings a
 * struct dial (net/dial.h), and prepare() puts it into the settings.  One that says
 * something before the greeting, or behind the hello, puts that there as well.
 */

#include <stdbool.h>

#include "smtp/session.h"
#include "vantage/vantage.h"

struct err;

/* Parameters that not every kind takes; expect, port and tls are everybody's. */
enum {
	PARAMETER_BIND = 1,     /* from which of our addresses the connection is made */
	PARAMETER_FILES = 4,    /* its authority, and our certificate and key */
	PARAMETER_CLIENT = 2    /* as whom the server sees what comes from there */
};

struct vantage_kind {
	const char *scheme;     /* "bind" of "bind:198.51.100.7" */
	const char *usage;      /* "bind:ADDRESS|INTERFACE" */
	const char *about;      /* one line for --help */
	unsigned takes;         /* PARAMETER_... */
	bool blanks;            /* the URI is a command, with blanks */
	/*
	 * Reads what stands behind "scheme:" ("" where nothing does) and before the parameters, which are in the vantage
	 * already, and fills in `origin`, `client`, `once`, `way`.  What holds a secret is shown by `via`, which may be replaced.
	 */
	int (*parse)(const char *rest, struct vantage *vantage, struct err *err);
	/* Frees `way`.  NULL where there is none. */
	void (*release)(struct vantage *vantage);
	/* Of a vantage that is any client: `client` has changed.  NULL where the kind cannot be any client. */
	void (*assume)(struct vantage *vantage);
	/* Adds to the settings of one session, where `to` and `from` stand already, what the kind needs; NULL: nothing. */
	void (*prepare)(const struct vantage *vantage, struct session_settings *settings);
	/* Instead of prepare(), where dialogues are driven at the other end: vantage_post().  NULL: they are driven here. */
	struct http_transfer *(*post)(const struct vantage *vantage, struct event_base *base, const struct vantage_post *post,
				      const struct http_events *events, void *context, struct err *err);
};

extern const struct vantage_kind vantage_local;
extern const struct vantage_kind vantage_bind;
extern const struct vantage_kind vantage_exec;
extern const struct vantage_kind vantage_ssh;
extern const struct vantage_kind vantage_socks5h;
extern const struct vantage_kind vantage_socks5;
extern const struct vantage_kind vantage_http;
extern const struct vantage_kind vantage_xclient;
extern const struct vantage_kind vantage_proxyv1;
extern const struct vantage_kind vantage_proxyv2;
extern const struct vantage_kind vantage_agent;

#endif
