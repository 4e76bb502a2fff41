/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_MODEL_H
#define REPORT_MODEL_H

/*
 * The report as plain data: every format is drawn from it, and from nothing
 * else.  All texts are safe to show (printable ASCII); NULL means that there is
 * none.  Names are those of the JSON schema relayaudit-report/1.
 *
 * Texts are borrowed from where the model was made; it is good for as long as that is.
 */

#include <stdbool.h>
#include <stddef.h>

struct report_endpoint {
	const char *address;
	unsigned port;
	const char *tls;                /* "none", "starttls", "implicit" */
	const char *banner;
	const char **capabilities;
	size_t capability_count;
	const char *verdict;            /* over all vantages that are expected to be denied */
	const char *reached;            /* "reached", "connection-refused", ... from the vantage that came farthest */
	const char *tls_version;        /* NULL without TLS, and so are the next */
	const char *tls_cipher;
	const char *tls_subject;
	const char *tls_issuer;
	const char *tls_expires;
	const char *tls_trust;
};

struct report_target {
	const char *host;
	const char *hostname;           /* as the server calls itself */
	const char **domains;
	size_t domain_count;
	bool domains_guessed;
	const char *mta;                /* short name; NULL */
	const char *mta_title;
	const char *fault;
	unsigned line;                  /* of report->config, where that names it; else 0 */
	const char *verdict;
	struct report_endpoint *endpoints;
	size_t endpoint_count;
};

struct report_vantage {
	const char *name;
	const char *via;
	const char *expect;
	const char *helo;
	const char *client_address;     /* as the vantage knows it */
	const char *seen_as;            /* as the server saw it */
	const char *verdict;
};

/* One endpoint as one vantage sees it. */
struct report_view {
	size_t target;
	size_t vantage;
	const char *endpoint;           /* "192.0.2.25:25" */
	const char *tls;
	const char *verdict;
	const char *why;
	const char *reached;
	const char *reached_text;
	bool counts;                    /* see struct view */
	bool throttled;
	size_t sessions;
	size_t first_attempt;           /* its attempts are a run of the report's */
	size_t attempt_count;
	size_t controls;                /* the first of them are controls */
};

struct report_attempt {
	const char *target;
	const char *endpoint;
	const char *vantage;
	const char *probe;
	const char *title;
	const char *domain;
	const char *mail_from;
	const char *rcpt_to;
	const char *outcome;
	const char *proof;
	const char *reason;
	const char *stage;
	const char *reply;
	const char *note;
	const char *verdict;
	const char *why;
	const char *transcript;
	const char *evidence;           /* what a sink saw of its message; NULL */
	bool control;
};

struct report_finding {
	const char *id;
	const char *severity;
	const char *title;
	const char *where;
	const char *file;               /* the path of the file that `where` names; NULL: it names none, or one that is not known */
	const char *const *evidence;
	size_t evidence_count;
	const char *fix;
	const char *target;             /* NULL: of none, or of a configuration */
	size_t target_index;            /* its place, where `target` is set */
	const char *vantage;            /* NULL: of the whole target */
	const char *endpoint;
	const char *probe;              /* NULL: of no single attempt */
	size_t attempt;                 /* its index, where `probe` is set */
	size_t view;                    /* its index, where `vantage` is set */
	const char *excused;            /* the operator's reason to bear it; NULL: it counts */
	const char *excused_until;      /* the last day of that, "2027-01-31" */
	const char *state;              /* beside the baseline: "new", "worse", "lapsed", "known", "milder"; NULL: there is none */
	const char *was;                /* its severity there; NULL: it did not stand there */
	bool fails;                     /* it makes the run fail */
};

/* A finding of the baseline that this run has not. */
struct report_gone {
	struct report_finding finding;  /* without evidence; its places in views and attempts mean nothing here */
	char fingerprint[17];
	const char *state;              /* "gone"; "not-asked": this run could not have seen it */
	const char *why;                /* why not; NULL where it is gone */
};

/* A verdict that is another, of a target or of a view. */
struct report_change {
	const char *target;
	const char *endpoint;           /* NULL: of the whole target, and so are the next */
	const char *tls;
	const char *vantage;
	const char *was;                /* NULL: not asked then */
	const char *now;                /* NULL: not asked now */
};

/* The earlier report beside which this one is shown. */
struct report_baseline {
	const char *run_id;
	const char *command;
	char finished[32];
	const char *verdict;
	size_t fresh;                   /* findings that are not known from it */
	size_t known;
	struct report_gone *gone;
	size_t gone_count;
	size_t not_asked;               /* of them */
	struct report_change *changes;
	size_t change_count;
};

/* What the operator bears for a time, and what came of it. */
struct report_exception {
	const char *finding;
	const char *where;              /* NULL: everywhere */
	const char *reason;
	const char *expires;
	const char *source;             /* "relayaudit.yml:12" */
	const char *state;              /* "used", "expired", "unmatched" */
	size_t matches;                 /* findings that it fits */
};

struct report_count {
	const char *text;
	size_t count;
};

/* Texts and how often each came, the most frequent first. */
struct report_counts {
	struct report_count *rows;
	size_t count;
	size_t others;                  /* for which there was no room */
};

/* A log that was read. */
struct report_source {
	const char *name;
	const char *makes;              /* "postfix, exim"; "": none was known */
	const char *fault;              /* NULL */
	size_t lines;
};

/* A grant, and the strangers that it let in. */
struct report_opener {
	const char *source;             /* "main.cf:12" */
	const char *setting;
	const char *value;
	const char *covers;
	size_t clients;
	size_t messages;
};

/* A message of strangers that was just seen. */
struct report_stray {
	char when[32];                  /* "": not known */
	const char *client;
	const char *sender;             /* "": the null sender, or not known */
	const char *domain;             /* of a recipient; "": not known */
};

enum { REPORT_HOURS = 24, REPORT_PREFIXES = 3, REPORT_CAUSES = 4 };

/* What logs say of mail: see audit/strangers.h for the counts. */
struct report_mail {
	size_t messages;
	size_t recipients;
	size_t deferred;
	size_t bounced;
	size_t accepted_not_delivered;
	size_t delivered_origin_unknown;
	size_t denied;
	size_t lost_input_channel;
	size_t backscatter;
	size_t lines;
	size_t lines_not_understood;
	size_t lines_of_others;
	size_t messages_without_end;
	struct report_count causes[REPORT_CAUSES];      /* all of them, by name */
	const char *cause_notes[REPORT_CAUSES];         /* what each means, in a sentence */
	size_t hours[REPORT_HOURS];
	struct report_counts clients;
	struct report_counts senders;
	struct report_counts domains;
	struct report_counts prefixes[REPORT_PREFIXES]; /* of clients: by /8, /16 and /24, IPv6 by /32, /48 and /64 */
	struct report_counts denied_clients;
	char strangers_first[32];       /* "": not known */
	char strangers_last[32];
	char first[32];
	char last[32];
	const char *run;                /* the scan that was looked for; NULL */
	size_t run_attempts;
	struct report_counts run_clients;
	bool domains_known;
	struct report_source *sources;
	size_t source_count;
	bool grants_known;              /* the server's configuration was read */
	struct report_opener *grants;   /* that let these strangers in, the most messages first */
	size_t grant_count;
	size_t clients_by_none;         /* whom no grant of today lets in */
	size_t messages_by_none;
};

/* What one id of a queue names: a message or, with OpenSMTPD, an envelope. */
struct report_waiting {
	const char *id;
	const char *mta;
	const char *kind;               /* "strangers", "bounce" */
	const char *sender;             /* "": the null sender */
	const char *domain;             /* of its first foreign recipient */
	size_t recipients;              /* foreign ones that wait */
	size_t others;                  /* that go with it */
	char since[32];                 /* "": not known */
	bool held;
};

/* What would hold or remove messages: nothing of it was run. */
struct report_command {
	const char *mta;
	const char *kind;               /* as above */
	const char *does;               /* "stop", "hold", "remove" */
	const char *command;
};

struct report_waiting_count {
	size_t messages;
	size_t held;
	size_t recipients;
	char first[32];                 /* "": not known */
	char last[32];
};

enum { REPORT_WAITING = 2 };

/* What listings of a queue say: see audit/waiting.h for the counts. */
struct report_queue {
	size_t messages;
	size_t own;
	size_t not_judged;
	size_t lines;
	size_t lines_not_understood;
	struct report_waiting_count counts[REPORT_WAITING];     /* strangers', bounces to them */
	struct report_counts senders;
	struct report_counts domains;
	struct report_waiting *rows;    /* the oldest first */
	size_t row_count;
	size_t rows_left_out;
	struct report_command *commands;
	size_t command_count;
	struct report_source *sources;
	size_t source_count;
	bool domains_known;
};

/* A network that may relay. */
struct report_map_network {
	const char *prefix;             /* "203.0.0.0/8" */
	const char *size;               /* decimal digits */
	const char *first, *last;
	const char *space;              /* the special range that it lies in, "private"; NULL */
	const char *kind;               /* "stranger", "own", "loopback" */
	unsigned char bytes[4];         /* IPv4: its first address, for a picture */
	unsigned length;
	bool four;
};

/* Clients that were neither granted nor denied relaying, for one reason. */
struct report_map_reason {
	const char *reason;
	const char *phrase;
	size_t count;
	const char *client;             /* the first of them */
	const char *reply;              /* what it was told; NULL */
};

/* A boundary that is not exact, or not firm. */
struct report_map_edge {
	const char *before, *behind;
	const char *state;              /* "vague", "wavering" */
};

/* A range of the table of special ranges. */
struct report_map_space {
	const char *prefix;
	const char *name;
	const char *source;             /* "RFC 1918" */
	const char *asked;              /* "skipped", or by what block it is asked: "/20", or "sample" */
	unsigned char bytes[4];
	unsigned length;
	bool four;
};

/* What a map found; a report of a scan has none. */
struct report_map {
	const char *endpoint;           /* "127.0.0.1:10025" */
	const char *tls;
	const char *via;                /* "xclient" */
	const char *sender;
	unsigned resolution;
	const char *families;           /* "ipv4", "ipv6", "both" */
	bool whole;
	bool mapped_alike;              /* mapped addresses are granted where the IPv4 addresses are, and not listed */
	const char *fault;              /* why it ended early; NULL */
	const char *granting, *denying; /* replies; NULL */
	const char *size4, *size6;      /* how many addresses may relay */
	const char *strangers4, *strangers6;
	size_t asked, expected, granted, denied, undecided, resumed, sessions, left_out;
	unsigned seconds;
	struct report_map_network *networks;
	size_t network_count;
	struct report_map_reason *reasons;
	size_t reason_count;
	struct report_map_edge *edges;
	size_t edge_count;
	struct report_map_space *spaces;
	size_t space_count;
};

/* One piece of a server's configuration that lets a client relay. */
struct report_grant {
	const char *mta;
	const char *source;             /* "main.cf:12" */
	const char *setting;
	const char *value;
	const char *network;            /* what it covers: "210.0.0.0/8", or words */
	const char *addresses;          /* decimal digits; NULL where they are not counted */
	const char *service;            /* NULL: all of them */
	const char *to;                 /* "addresses", "name", "sender", ... */
	bool in_force;
	const char *idle_because;       /* NULL where it is in force */
	const char **covered_by;        /* vantages inside, by name */
	size_t covered_count;
};

/* What the configuration says to a client. */
struct report_reply {
	const char *service;
	const char *answer;             /* "permit", "reject", "defer", "broken", "unknown" */
	const char *by;
	const char *why;
};

struct report_client {
	const char *address;
	const char *name;
	struct report_reply first;      /* of the service that takes mail from outside */
	struct report_reply *others;    /* that differ from it */
	size_t other_count;
};

/* A run whose report was merged into this one. */
struct report_part {
	const char *run_id;
	const char *version;            /* of relayaudit */
	char started[32];
	char finished[32];
	const char *verdict;
};

struct report {
	const char *version;
	const char *run_id;
	char started[32];
	char finished[32];
	long long finished_at;          /* the same in seconds since 1970 */
	int status;                     /* what the run exits with: 0, 1 or 3 */
	const char *command;
	const char *config;             /* the file that was read; NULL: none */
	const char *verdict;
	bool interrupted;
	bool victim_reserved;           /* example.com stood in for an address of the operator's */
	const char *victim;
	const char *suite;
	struct report_target *targets;
	size_t target_count;
	struct report_vantage *vantages;
	size_t vantage_count;
	struct report_view *views;      /* in the order of their targets */
	size_t view_count;
	struct report_attempt *attempts;
	size_t attempt_count;
	struct report_finding *findings;
	size_t finding_count;
	struct report_grant *grants;
	size_t grant_count;
	struct report_client *clients;
	size_t client_count;
	const char *mta;                /* whose configuration was read, "Postfix 3.7.11"; NULL: none was */
	const char *sink;               /* where proof was looked for; NULL: no message was sent */
	size_t messages;                /* taken by a server */
	size_t messages_delivered;
	size_t messages_bounced;
	unsigned waited;                /* seconds, for what did not come */
	struct report_exception *exceptions;
	size_t exception_count;
	struct report_part *parts;      /* of a report that was merged; else none */
	size_t part_count;
	struct report_baseline *baseline;       /* NULL: it stands alone */
	struct report_mail *mail;       /* NULL: no log was read */
	struct report_queue *queue;     /* NULL: no queue was read */
	struct report_map *map;         /* NULL: of no map */
	size_t probes_run;              /* attempts with an answer, controls left out */
	size_t probes_accepted;
	size_t probes_skipped;          /* not applicable here */
	size_t probes_unjudged;
};

void report_release(struct report *report);

#endif
