/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_transfer.c - a request and its answer
 */
#include "net/http.h"

#include <stdlib.h>

#include "base/mem.h"
#include "net/http_job.h"

struct http_transfer {
	struct http_job job;
	const struct http_events *events;       /* NULL: given up */
	void *context;
	size_t header_left, body_left;
	bool answered;
	struct err err;                         /* why we broke it off */
};

static void on_gone(struct http_job *job)
{
	free((struct http_transfer *)(void *)job);
}

static int status_of(struct http_transfer *transfer)
{
	long status = 0;

	curl_easy_getinfo(transfer->job.easy, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

static void check_redirection(struct http_transfer *transfer, int status)
{
	if (transfer->err.kind == ERR_NONE && status >= 300 && status <= 399)
		err_set(&transfer->err, ERR_PROTO, "%s: the answer is a redirection (%d), and none is followed", transfer->job.where, status);
}

/* Before the first byte of the body, and before the end where there is none. */
static void answer(struct http_transfer *transfer)
{
	int status = status_of(transfer);

	if (transfer->answered)
		return;
	transfer->answered = true;
	check_redirection(transfer, status);
	if (transfer->err.kind == ERR_NONE && transfer->events->answered != NULL)
		transfer->events->answered(transfer->context, status);
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
	struct http_transfer *transfer = context;

	(void)bytes;
	size *= count;
	if (transfer->events == NULL)
		return 0;
	if (size > transfer->header_left) {
		err_set(&transfer->err, ERR_LIMIT, "%s: the header of the answer is too long", transfer->job.where);
		return 0;
	}
	transfer->header_left -= size;
	return size;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
	struct http_transfer *transfer = context;

	size *= count;
	if (transfer->events == NULL)
		return 0;
	answer(transfer);
	if (transfer->err.kind == ERR_NONE && size > transfer->body_left)
		err_set(&transfer->err, ERR_LIMIT, "%s: the answer is too long", transfer->job.where);
	if (transfer->err.kind != ERR_NONE || transfer->events == NULL)
		return 0;
	transfer->body_left -= size;
	if (transfer->events->received != NULL)
		transfer->events->received(transfer->context, bytes, size);
	return transfer->events != NULL ? size : 0;
}

static void on_finished(struct http_job *job, CURLcode code)
{
	struct http_transfer *transfer = (struct http_transfer *)(void *)job;
	int status = status_of(transfer);

	if (transfer->err.kind == ERR_NONE && code != CURLE_OK)
		job_fault(job, code, &transfer->err);
	else
		answer(transfer);
	if (transfer->events == NULL)
		return;

	struct http_transfer over = *transfer;

	transfer->events = NULL;
	job_end(job);
	over.events->done(over.context, status, &over.err);
}

static void ask(struct http_job *job, const struct http_request *request)
{
	for (const char *const *header = request->headers; header != NULL && *header != NULL; header++)
		job->headers = curl_slist_append(job->headers, *header);
	if (request->body != NULL) {
		JOB_SET(job, CURLOPT_POST, 1L);
		JOB_SET(job, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
		JOB_SET(job, CURLOPT_POSTFIELDS, request->body);
		/* A body is sent without asking whether it may be. */
		job->headers = curl_slist_append(job->headers, "Expect:");
	}
	if (job->headers != NULL)
		JOB_SET(job, CURLOPT_HTTPHEADER, job->headers);
	if (request->method != NULL)
		JOB_SET(job, CURLOPT_CUSTOMREQUEST, request->method);
}

struct http_transfer *http_transfer(struct http *http, const struct http_request *request, const struct http_events *events,
				    void *context, struct err *err)
{
	struct http_transfer *transfer = mem_new(sizeof *transfer);
	struct http_job *job = &transfer->job;

	if (job_init(job, http, err) != 0) {
		free(transfer);
		return NULL;
	}
	transfer->events = events;
	transfer->context = context;
	transfer->header_left = request->header_most;
	transfer->body_left = request->body_most;
	job->gone = on_gone;
	job->finished = on_finished;
	JOB_SET(job, CURLOPT_HEADERFUNCTION, on_header);
	JOB_SET(job, CURLOPT_HEADERDATA, transfer);
	JOB_SET(job, CURLOPT_WRITEFUNCTION, on_body);
	JOB_SET(job, CURLOPT_WRITEDATA, transfer);
	ask(job, request);
	if (job_aim(job, &request->peer, err) == 0 && job_start(job, err) == 0)
		return transfer;
	job_end(job);
	return NULL;
}

void http_transfer_abort(struct http_transfer *transfer)
{
	if (transfer == NULL)
		return;
	transfer->events = NULL;
	job_end(&transfer->job);
}
