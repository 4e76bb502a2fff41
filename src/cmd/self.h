/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_SELF_H
#define CMD_SELF_H

/*
 * What relayaudit self finds out by itself: the servers that run here, whom they
 * trust, and from where to try them.
 */

#include <stdbool.h>
#include <stddef.h>

#include "cmd/scan.h"
#include "cmd/server_config.h"
#include "net/open_ports.h"

struct audit;
struct findings;
struct pool;

enum {
	/* Own addresses to ask from, and groups of trusted clients to ask as: each costs all probes at each endpoint. */
	SELF_OWN_MOST = 8,
	SELF_CLASSES_MOST = 12
};

struct self {
	struct pool *pool;              /* texts of targets and vantages */
	struct open_port *ports;        /* where mail servers listen */
	size_t port_count;
	const char *mta;                /* whose program listens; NULL: not known */
	struct server_config server;
	bool has_config;
	struct findings findings;       /* of the configuration */
	bool unsure;                    /* not all of it could be judged */
	bool open;                      /* it lets strangers relay */
	const char *via;                /* before a client's address, "xclient:"; the pool's */
	bool as_clients;                /* the server can be asked as any client */
	unsigned clients_port;          /* there alone; 0: anywhere */
	char **gaps;                    /* what could not be seen, a sentence each */
	size_t gap_count;
};

/* Takes the sentence. */
void self_gap(struct self *self, char *sentence);

/* The port of a service: "smtp", "10025", "127.0.0.1:10025"; 0 where that is not known. */
unsigned self_port_of(const char *service);

/* Which mail servers listen; what they are goes to `mta`. */
void self_find_ports(struct self *self);

/* After the configuration was read: ports whose clients come through a proxy that names them are no use to others, and left out. */
void self_leave_proxies(struct self *self);

/* Nobody listens at every address where a vantage might ask: that is no gap. */
void self_forgive(const struct self *self, struct audit *audit);

/* A target for each address on which they do; their texts are the pool's. */
void self_targets(struct self *self, const struct option_list *domains, const char *local_user, struct scan_targets *targets);

/* After the configuration was read: whether the server can be asked as any client, and where. */
void self_choose_way(struct self *self, const char *root);

/*
 * After that, and after it was judged: loopback, own addresses, and, where the server can be asked so, a client of each group that it
 * trusts and a stranger.  Whoever is trusted as he should be is expected to relay.
 */
void self_vantages(struct self *self, struct option_list *from);

#endif
