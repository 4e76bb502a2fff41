/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.c - libcurl's multi handle on the loop
 *
 * libcurl says which sockets and what time it waits for; the loop waits, and
 * tells.  `inside` is set while libcurl is on the stack.
 */
#include "net/http.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/http_job.h"

struct watch {
	struct event event;
	struct http *http;
};

struct http {
	struct event_base *base;
	CURLM *multi;
	struct event timer;
	struct http_job *jobs;
	bool inside;
	bool *gone;                     /* set when the loop's callback is not to look here any more */
};

static void unlink_job(struct http_job *job)
{
	struct http_job **at = &job->http->jobs;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
}

static void drop(struct http_job *job)
{
	struct http *http = job->http;

	unlink_job(job);
	if (job->leaving != NULL)
		job->leaving(job);
	http->inside = true;
	if (job->added)
		curl_multi_remove_handle(http->multi, job->easy);
	curl_easy_cleanup(job->easy);
	http->inside = false;
	curl_slist_free_all(job->headers);
	free(job->where);
	job->gone(job);
}

static void add(struct http_job *job)
{
	job->http->inside = true;
	job->added = curl_multi_add_handle(job->http->multi, job->easy) == CURLM_OK;
	job->http->inside = false;
	if (!job->added)
		BUG("libcurl takes no handle");
}

/* What was begun or ended from libcurl's callbacks. */
static void catch_up(struct http *http)
{
	struct http_job *next;

	for (struct http_job *job = http->jobs; job != NULL; job = next) {
		next = job->next;
		if (job->ended)
			drop(job);
		else if (!job->added && job->finished != NULL)
			add(job);
	}
}

static void settle(struct http *http)
{
	bool gone = false;
	CURLMsg *message;
	int left;

	http->gone = &gone;
	catch_up(http);
	while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		struct http_job *job = NULL;

		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&job);
		job->finished(job, code);
		if (gone)
			return;
	}
	http->gone = NULL;
}

static void act(struct http *http, curl_socket_t fd, int what)
{
	int running;

	http->inside = true;
	curl_multi_socket_action(http->multi, fd, what, &running);
	http->inside = false;
	settle(http);
}

static void on_socket(evutil_socket_t fd, short what, void *context)
{
	struct watch *watch = context;

	act(watch->http, fd, (what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	act(context, CURL_SOCKET_TIMEOUT, 0);
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
	struct http *http = context;
	struct watch *watch = known;
	short wanted = (short)((what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0));

	(void)easy;
	if (watch != NULL)
		event_del(&watch->event);
	if (what == CURL_POLL_REMOVE) {
		curl_multi_assign(http->multi, fd, NULL);
		free(watch);
		return 0;
	}
	if (watch == NULL) {
		watch = mem_new(sizeof *watch);
		watch->http = http;
		curl_multi_assign(http->multi, fd, watch);
	}
	event_assign(&watch->event, http->base, fd, wanted | EV_PERSIST, on_socket, watch);
	event_add(&watch->event, NULL);
	return 0;
}

static int watch_time(CURLM *multi, long ms, void *context)
{
	struct http *http = context;
	struct timeval after = { ms / 1000, ms % 1000 * 1000 };

	(void)multi;
	if (ms < 0)
		evtimer_del(&http->timer);
	else
		evtimer_add(&http->timer, &after);
	return 0;
}

struct http *http_new(struct event_base *base, struct err *err)
{
	struct http *http = mem_new(sizeof *http);

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		err_set(err, ERR_SYSTEM, "libcurl cannot be begun with");
		free(http);
		return NULL;
	}
	http->base = base;
	http->multi = curl_multi_init();
	if (http->multi == NULL) {
		err_set(err, ERR_SYSTEM, "libcurl has no handle for a loop");
		curl_global_cleanup();
		free(http);
		return NULL;
	}
	evtimer_assign(&http->timer, base, on_timer, http);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, watch_time);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	return http;
}

void http_free(struct http *http)
{
	if (http == NULL)
		return;
	if (http->inside)
		BUG("libcurl is still at work");
	while (http->jobs != NULL)
		drop(http->jobs);
	http->inside = true;
	curl_multi_cleanup(http->multi);
	evtimer_del(&http->timer);
	curl_global_cleanup();
	if (http->gone != NULL)
		*http->gone = true;
	free(http);
}

struct event_base *job_base(const struct http_job *job)
{
	return job->http->base;
}

int job_init(struct http_job *job, struct http *http, struct err *err)
{
	job->easy = curl_easy_init();
	if (job->easy == NULL)
		return err_set(err, ERR_SYSTEM, "libcurl has no handle left");
	job->http = http;
	job->next = http->jobs;
	http->jobs = job;
	JOB_SET(job, CURLOPT_PRIVATE, (void *)job);
	JOB_SET(job, CURLOPT_ERRORBUFFER, job->why);
	JOB_SET(job, CURLOPT_NOSIGNAL, 1L);
	/* A resolver's thread that still waits for its answer is not waited for. */
	JOB_SET(job, CURLOPT_QUICK_EXIT, 1L);
	JOB_SET(job, CURLOPT_PROXY, "");
	JOB_SET(job, CURLOPT_NOPROXY, "");
	JOB_SET(job, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	JOB_SET(job, CURLOPT_FOLLOWLOCATION, 0L);
	JOB_SET(job, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	JOB_SET(job, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	JOB_SET(job, CURLOPT_SSL_VERIFYPEER, 1L);
	JOB_SET(job, CURLOPT_SSL_VERIFYHOST, 2L);
	return 0;
}

/* Adds one part of a URL that was taken apart. */
static void add_part(struct buf *to, CURLU *url, CURLUPart part, const char *before)
{
	char *text = NULL;

	if (curl_url_get(url, part, &text, part == CURLUPART_PORT ? CURLU_DEFAULT_PORT : 0) == CURLUE_OK) {
		buf_text(to, before);
		text_escape(to, text, strlen(text));
	}
	curl_free(text);
}

static bool has_part(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	bool has = curl_url_get(url, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return has;
}

static bool is_among(const char *word, size_t len, const char *list)
{
	for (const char *at = list; *at != '\0'; at += *at == ',') {
		size_t size = strcspn(at, ",");

		if (size == len && strncasecmp(at, word, len) == 0)
			return true;
		at += size;
	}
	return false;
}

char *job_where(const char *url, const char *protocols, struct err *err)
{
	struct buf where = BUF_INIT(HTTP_TEXT_MOST);
	CURLU *parts = curl_url();

	if (parts == NULL)
		BUG("libcurl takes no URL");
	/* What is wrong with it is not shown: it may hold a password. */
	if (strlen(url) > HTTP_TEXT_MOST || curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
		err_set(err, ERR_USAGE, "this is not a URL of %s", protocols);
	else if (!is_among(url, strcspn(url, ":"), protocols))
		err_set(err, ERR_USAGE, "a URL of %s is needed, and this is another", protocols);
	else if (has_part(parts, CURLUPART_USER) || has_part(parts, CURLUPART_PASSWORD))
		err_set(err, ERR_USAGE, "the URL holds a user or a password: those come from a file");
	else {
		add_part(&where, parts, CURLUPART_SCHEME, "");
		add_part(&where, parts, CURLUPART_HOST, "://");
		add_part(&where, parts, CURLUPART_PORT, ":");
	}
	curl_url_cleanup(parts);
	return where.len != 0 ? buf_detach(&where) : NULL;
}

int job_aim(struct http_job *job, const struct http_peer *peer, struct err *err)
{
	job->where = job_where(peer->url, peer->protocols, err);
	if (job->where == NULL)
		return -1;
	JOB_SET(job, CURLOPT_URL, peer->url);
	JOB_SET(job, CURLOPT_PROTOCOLS_STR, peer->protocols);
	JOB_SET(job, CURLOPT_CONNECTTIMEOUT_MS, (long)(peer->connect_timeout / CLOCK_MS));
	JOB_SET(job, CURLOPT_TIMEOUT_MS, (long)(peer->timeout / CLOCK_MS));
	if (peer->starttls)
		JOB_SET(job, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	if (peer->ca_file != NULL) {
		JOB_SET(job, CURLOPT_CAINFO, peer->ca_file);
		JOB_SET(job, CURLOPT_CAPATH, (char *)NULL);
	}
	JOB_SET(job, CURLOPT_SSLCERT, peer->cert_file);
	JOB_SET(job, CURLOPT_SSLKEY, peer->key_file);
	JOB_SET(job, CURLOPT_USERNAME, peer->user);
	JOB_SET(job, CURLOPT_PASSWORD, peer->password);
	return 0;
}

int job_start(struct http_job *job, struct err *err)
{
	if (job->refused != CURLE_OK)
		return err_set(err, ERR_SYSTEM, "%s: this libcurl cannot do that: %s", job->where, curl_easy_strerror(job->refused));
	if (job->finished == NULL)
		BUG("nobody waits for the job");
	if (!job->http->inside)
		add(job);
	return 0;
}

void job_end(struct http_job *job)
{
	job->ended = true;
	if (!job->http->inside)
		drop(job);
}

int job_take(struct http_job *job, curl_socket_t fd, struct err *err)
{
	int mine = fcntl(fd, F_DUPFD_CLOEXEC, 0), dead = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (mine < 0 || dead < 0 || dup3(dead, fd, O_CLOEXEC) < 0) {
		err_set(err, ERR_SYSTEM, "%s: no descriptor for the connection: %s", job->where, strerror(errno));
		if (mine >= 0)
			close(mine);
		mine = -1;
	}
	if (dead >= 0)
		close(dead);
	return mine;
}
