/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_HTTP_JOB_H
#define NET_HTTP_JOB_H

/*
 * One handle of libcurl on the loop, for the files http_*.c alone.
 *
 * libcurl must not be entered from its own callbacks.  What is begun or ended
 * there waits until it has been left: job_start() and job_end() see to that.
 */

#include <curl/curl.h>

#include "base/err.h"
#include "net/http.h"

struct http_job {
	struct http *http;
	struct http_job *next;
	CURL *easy;
	CURLcode refused;               /* the first option that libcurl did not take */
	char *where;                    /* for errors: "https://host:port", escaped */
	struct curl_slist *headers;
	char why[CURL_ERROR_SIZE];
	bool added;
	bool ended;
	/* The transfer is over, however it ended; the job is still to be ended. */
	void (*finished)(struct http_job *job, CURLcode code);
	/* Before libcurl lets go of the handle; may be NULL. */
	void (*leaving)(struct http_job *job);
	/* Called once, at the very end: frees what the job is a part of. */
	void (*gone)(struct http_job *job);
};

#define JOB_SET(job, option, value)                                             \
	do {                                                                    \
		CURLcode set_ = curl_easy_setopt((job)->easy, (option), (value)); \
		if ((job)->refused == CURLE_OK)                                 \
			(job)->refused = set_;                                  \
	} while (0)

/* With what all have in common.  -1: libcurl has no handle left. */
int job_init(struct http_job *job, struct http *http, struct err *err);

/* The URL and all else that the peer says; -1 where the URL will not do. */
int job_aim(struct http_job *job, const struct http_peer *peer, struct err *err);

/* -1 where an option was refused.  A job that was not started is ended all the same. */
int job_start(struct http_job *job, struct err *err);
void job_end(struct http_job *job);

struct event_base *job_base(const struct http_job *job);

/*
 * Takes the descriptor from under libcurl, which keeps a dead one in its place: so
 * nothing that it does to the connection while it lets go of it (it says LOGOUT and
 * waits for the answer, and reads what still comes) reaches the peer.  The
 * descriptor is the caller's; -1 with `err`.
 */
int job_take(struct http_job *job, curl_socket_t fd, struct err *err);

/* "scheme://host:port", escaped, the caller's; NULL with `err` where it is none of the protocols, or holds a user. */
char *job_where(const char *url, const char *protocols, struct err *err);

/* What a failed job came to; always -1. */
int job_fault(const struct http_job *job, CURLcode code, struct err *err);

#endif
