/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_HARAKA_H
#define MTA_HARAKA_H

/*
 * What the files of Haraka's reader share, and nobody else: its plugins in order, its files
 * of lines and of sections, and the networks that a plugin trusts.
 */

#include "mta/config.h"
#include "mta/config_files.h"
#include "net/prefix.h"

struct buf;

enum {
	/* Who lists more plugins has written no list of plugins. */
	HARAKA_PLUGINS_MOST = 500,
	HARAKA_LINES_MOST = 100000,
	/* Of relay_dest_domains.ini so many are told; all are answered for. */
	HARAKA_DESTINATIONS_MOST = 2000,
	/* Of host_list_regex; with more of them, none is told. */
	HARAKA_PATTERNS_MOST = 1000
};

/* A line of a list, or a pair of a section. */
struct haraka_line {
	const char *section;            /* of a pair: "main" before the first */
	const char *name;               /* of a pair */
	const char *value;              /* the line, or what is behind the '='; NULL where there is none */
	unsigned line;
};

struct haraka_file {
	const char *path;
	bool there;
	bool unread;                    /* it, or all of it */
	struct haraka_line *rows;
	size_t count;
	size_t capacity;
};

/* What a plugin has to do with who may relay. */
enum haraka_part {
	PLUGIN_QUIET,                   /* nothing, or what DNS decides */
	PLUGIN_RELAY,
	PLUGIN_HOST_LIST,
	PLUGIN_FORWARD,
	PLUGIN_LOGIN,
	PLUGIN_XCLIENT,
	PLUGIN_REFUSES,                 /* it may refuse a client for reasons that are not read here */
	PLUGIN_TAKES,                   /* it may take recipients that it looks up */
	PLUGIN_OTHER                    /* not known: anything */
};

struct haraka_plugin {
	const char *name;
	enum haraka_part part;
	unsigned line;
};

/* An entry of relay_acl_allow or haproxy_hosts. */
struct haraka_network {
	const struct haraka_line *line;
	struct prefix prefix;
	bool dead;                      /* no address, and passed over */
	bool unknown;                   /* what JavaScript makes of its length is not told here */
	bool host_bits;
	bool whole;                     /* its length is no number, and each address of the family fits */
	bool short_six;                 /* an IPv6 address without a length, which becomes 32 */
};

struct haraka {
	struct config *config;          /* borrowed */
	struct config_files files;
	const char *home;               /* "/etc/haraka" */
	const char *core;               /* where the program lies; NULL: not found */
	const char *fault;              /* why Haraka does not start, in a sentence; NULL */
	const char *fault_place;
	const char *overridden;         /* a file that may stand for all others; NULL */
	struct haraka_plugin plugins[HARAKA_PLUGINS_MOST];
	size_t plugin_count;
	struct haraka_file list, relay, allow, destinations, hosts, patterns, smtp, forward, proxies, clients;
	bool acl, all, dest_domains, check_recipient;
	struct haraka_network *networks;        /* of relay_acl_allow */
	size_t network_count;
	struct haraka_network *trusted;         /* of haproxy_hosts */
	size_t trusted_count;
	unsigned ports[16];             /* the one for mail from outside first */
	size_t port_count;
	int takes;                      /* an outside domain from everybody, by host_list or host_list_regex: 1, 0, or -1: not told */
	const char *takes_place;
};

/* A file of lines, or of sections, below config/, as haraka-config 1.4 reads them. */
void haraka_list_read(struct haraka *haraka, struct haraka_file *file, const char *name);
void haraka_ini_read(struct haraka *haraka, struct haraka_file *file, const char *name);
void haraka_list_text(struct haraka *haraka, struct haraka_file *file, const char *text, size_t len);
void haraka_ini_text(struct haraka *haraka, struct haraka_file *file, const char *text, size_t len);
void haraka_file_release(struct haraka_file *file);

/* The last pair of that name; NULL: none. */
const struct haraka_line *haraka_pair(const struct haraka_file *file, const char *section, const char *name);
bool haraka_has_section(const struct haraka_file *file, const char *section);
/* A setting that is declared as one of yes and no. */
bool haraka_truth(const struct haraka_file *file, const char *section, const char *name, bool otherwise);
const char *haraka_place(struct haraka *haraka, const struct haraka_file *file, unsigned line);

/* Fills in the plugins of the list, and whether Haraka starts with them. */
void haraka_plugins(struct haraka *haraka);
const struct haraka_plugin *haraka_plugin(const struct haraka *haraka, enum haraka_part part);

/* The entries of a list of networks.  `six` is the length of an IPv6 address without one. */
struct haraka_network *haraka_networks(const struct haraka_file *file, unsigned six, bool lenient, size_t *count);
/* The first entry that has the address, or may have it; NULL: none. */
const struct haraka_network *haraka_match(const struct haraka_network *networks, size_t count, const struct address *address);

/* A domain outside, which nobody has (RFC 2606). */
#define HARAKA_OUTSIDE "example.com"

/* Whether host_list and host_list_regex have a domain: fills in `takes`. */
void haraka_hosts_take(struct haraka *haraka);
/* Whether a line of host_list_regex fits a domain: 1, 0, or -1 where that is not told. */
int haraka_pattern(const char *pattern, const char *domain);

/* What dest_domains of relay.ini makes of a domain's line. */
enum haraka_destination { DESTINATION_SKIPPED, DESTINATION_TAKEN, DESTINATION_DENIED, DESTINATION_UNKNOWN };
enum haraka_destination haraka_destination(const struct haraka *haraka, const char *domain, const struct haraka_line **line);

/* What follows from the files, when all are read. */
void haraka_settle(struct haraka *haraka);

void haraka_grants(struct haraka *haraka);
void haraka_ask(struct haraka *haraka, const struct config_client *client, struct config_replies *replies);

#endif
