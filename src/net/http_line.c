/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_line.c - what follows a login
 *
 * libcurl connects, secures and logs in, and is then a pipe: its handle stays with
 * the loop, and the descriptor is watched here.  libcurl's own IMAP is not
 * used: it takes lines of a message for replies of the server.
 */
#include "net/http.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "net/http_job.h"

enum {
	PIECE = 16 << 10,
	/* Pieces read in one turn of the loop. */
	TURN = 4
};

struct http_line {
	struct http_job job;
	const struct http_line_events *events;  /* NULL: closed */
	void *context;
	struct event reading, writing;
	curl_socket_t fd;                       /* CURL_SOCKET_BAD: not open */
	struct buf queue;
	unsigned busy;
};

/* The line's memory goes when its last callback has returned. */
static void leave(struct http_line *line)
{
	if (--line->busy == 0 && line->events == NULL)
		free(line);
}

static void on_gone(struct http_job *job)
{
	struct http_line *line = (struct http_line *)(void *)job;

	buf_release(&line->queue);
	line->events = NULL;
	line->busy++;
	leave(line);
}

/* Lets go of the connection; the job stays. */
static void hang_up(struct http_line *line)
{
	struct err err = ERR_INIT;
	int fd;

	if (line->fd == CURL_SOCKET_BAD)
		return;
	event_del(&line->reading);
	event_del(&line->writing);
	fd = job_take(&line->job, line->fd, &err);
	if (fd >= 0)
		close(fd);
	line->fd = CURL_SOCKET_BAD;
}

static void on_leaving(struct http_job *job)
{
	hang_up((struct http_line *)(void *)job);
}

static void lose(struct http_line *line, const struct err *err)
{
	const struct http_line_events *events = line->events;

	if (line->fd == CURL_SOCKET_BAD || events == NULL)
		return;
	hang_up(line);
	events->closed(line->context, err);
}

static void flush(struct http_line *line)
{
	struct err err = ERR_INIT;
	CURLcode code = CURLE_OK;

	while (line->queue.len != 0 && code == CURLE_OK) {
		size_t put = 0;

		code = curl_easy_send(line->job.easy, line->queue.data, line->queue.len, &put);
		buf_take(&line->queue, put);
	}
	if (line->queue.cut) {
		err_set(&err, ERR_LIMIT, "%s: it takes nothing of what is sent to it", line->job.where);
		lose(line, &err);
	} else if (code != CURLE_OK && code != CURLE_AGAIN) {
		job_fault(&line->job, code, &err);
		lose(line, &err);
	} else if (line->queue.len != 0) {
		event_add(&line->writing, NULL);
	} else {
		event_del(&line->writing);
	}
}

static void on_writable(evutil_socket_t fd, short what, void *context)
{
	struct http_line *line = context;

	(void)fd;
	(void)what;
	line->busy++;
	flush(line);
	leave(line);
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
	struct http_line *line = context;
	struct err err = ERR_INIT;
	char bytes[PIECE];
	CURLcode code = CURLE_OK;
	size_t got = 1;
	int turn;

	(void)fd;
	(void)what;
	line->busy++;
	for (turn = 0; turn < TURN && line->fd != CURL_SOCKET_BAD && code == CURLE_OK && got != 0; turn++) {
		got = 0;
		code = curl_easy_recv(line->job.easy, bytes, sizeof bytes, &got);
		if (code == CURLE_OK && got != 0)
			line->events->received(line->context, bytes, got);
	}
	if (line->fd != CURL_SOCKET_BAD && code == CURLE_OK && got != 0) {
		/* TLS may hold more, of which the descriptor says nothing. */
		event_active(&line->reading, EV_READ, 0);
	} else if (line->fd != CURL_SOCKET_BAD && code != CURLE_AGAIN) {
		if (code != CURLE_OK)
			job_fault(&line->job, code, &err);
		lose(line, &err);
	}
	leave(line);
}

static void on_finished(struct http_job *job, CURLcode code)
{
	struct http_line *line = (struct http_line *)(void *)job;
	struct err err = ERR_INIT;

	line->busy++;
	if (code == CURLE_OK)
		curl_easy_getinfo(job->easy, CURLINFO_ACTIVESOCKET, &line->fd);
	if (line->fd == CURL_SOCKET_BAD) {
		job_fault(job, code == CURLE_OK ? CURLE_GOT_NOTHING : code, &err);
		line->events->closed(line->context, &err);
	} else {
		event_assign(&line->reading, job_base(job), line->fd, EV_READ | EV_PERSIST, on_readable, line);
		event_assign(&line->writing, job_base(job), line->fd, EV_WRITE | EV_PERSIST, on_writable, line);
		event_add(&line->reading, NULL);
		line->events->opened(line->context);
		/* What TLS has read already. */
		if (line->fd != CURL_SOCKET_BAD)
			event_active(&line->reading, EV_READ, 0);
	}
	leave(line);
}

/* Before the login libcurl speaks with the server itself; nothing of that is kept. */
static size_t ignore(char *bytes, size_t size, size_t count, void *context)
{
	(void)bytes;
	(void)context;
	return size * count;
}

struct http_line *http_line_open(struct http *http, const struct http_peer *peer, const struct http_line_events *events, void *context,
				 struct err *err)
{
	struct http_line *line = mem_new(sizeof *line);
	struct http_job *job = &line->job;

	if (job_init(job, http, err) != 0) {
		free(line);
		return NULL;
	}
	line->events = events;
	line->context = context;
	line->fd = CURL_SOCKET_BAD;
	buf_init(&line->queue, HTTP_LINE_QUEUE_MOST);
	job->leaving = on_leaving;
	job->gone = on_gone;
	job->finished = on_finished;
	JOB_SET(job, CURLOPT_CONNECT_ONLY, 1L);
	JOB_SET(job, CURLOPT_WRITEFUNCTION, ignore);
	JOB_SET(job, CURLOPT_HEADERFUNCTION, ignore);
	if (job_aim(job, peer, err) == 0 && job_start(job, err) == 0)
		return line;
	job_end(job);
	return NULL;
}

void http_line_write(struct http_line *line, const char *bytes, size_t len)
{
	if (line->fd == CURL_SOCKET_BAD)
		return;
	line->busy++;
	buf_add(&line->queue, bytes, len);
	flush(line);
	leave(line);
}

void http_line_close(struct http_line *line)
{
	if (line == NULL)
		return;
	hang_up(line);
	job_end(&line->job);
}
