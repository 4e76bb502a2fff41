/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_tunnel.c - connections that a proxy makes
 */
#include "net/http.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/http_job.h"

enum {
	/* Of a proxy's answer to CONNECT: a line and a few header fields. */
	HEADER_MOST = 16 << 10
};

static const char schemes[] = "socks5h,socks5,http";

struct http_tunnel {
	struct http_job job;
	size_t header_left;
	void (*done)(void *context, int fd, const struct err *err);
	void *context;
};

/* What a SOCKS5 proxy answered: its own affair, or the target's. */
static const struct {
	CURLproxycode code;
	enum err_kind kind;
	const char *text;
} answers[] = {
	{ CURLPX_REPLY_NETWORK_UNREACHABLE, ERR_NET, "the network is unreachable from the proxy" },
	{ CURLPX_REPLY_HOST_UNREACHABLE, ERR_NET, "the host is unreachable from the proxy" },
	{ CURLPX_REPLY_CONNECTION_REFUSED, ERR_REFUSED, "connection refused" },
	{ CURLPX_REPLY_TTL_EXPIRED, ERR_NET, "the host is unreachable from the proxy" },
	{ CURLPX_REPLY_GENERAL_SERVER_FAILURE, ERR_NET, "the proxy could not connect" },
	{ CURLPX_REPLY_NOT_ALLOWED, ERR_PROTO, "the proxy's rules forbid it" },
	{ CURLPX_REPLY_COMMAND_NOT_SUPPORTED, ERR_PROTO, "the proxy makes no connections" },
	{ CURLPX_REPLY_ADDRESS_TYPE_NOT_SUPPORTED, ERR_PROTO, "the proxy does not know this kind of address" },
	{ CURLPX_RESOLVE_HOST, ERR_NAME, "the name does not resolve" },
	{ CURLPX_USER_REJECTED, ERR_USAGE, "the proxy refused the user or the password" },
	{ CURLPX_NO_AUTH, ERR_USAGE, "the proxy accepts no way of authentication that we have" },
	{ CURLPX_CLOSED, ERR_PROTO, "the proxy closed the connection" },
	{ CURLPX_BAD_VERSION, ERR_PROTO, "what the proxy says is not SOCKS5" },
};

static void on_gone(struct http_job *job)
{
	free((struct http_tunnel *)(void *)job);
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
	struct http_tunnel *tunnel = context;

	(void)bytes;
	size *= count;
	if (tunnel->done == NULL || size > tunnel->header_left)
		return 0;
	tunnel->header_left -= size;
	return size;
}

/* A gateway that could not connect says 502, 503 or 504; all else is about us. */
static int tell_status(const struct http_job *job, long status, struct err *err)
{
	if (status == 407)
		return err_set(err, ERR_USAGE, "%s: the proxy wants another user or password (407)", job->where);
	if (status >= 502 && status <= 504)
		return err_set(err, ERR_NET, "%s: the proxy could not connect (%ld)", job->where, status);
	return err_set(err, ERR_PROTO, "%s: the proxy refuses to connect (%ld)", job->where, status);
}

static int tell(const struct http_tunnel *tunnel, CURLcode code, struct err *err)
{
	const struct http_job *job = &tunnel->job;
	long answer = CURLPX_OK, status = 0;

	curl_easy_getinfo(job->easy, CURLINFO_PROXY_ERROR, &answer);
	curl_easy_getinfo(job->easy, CURLINFO_HTTP_CONNECTCODE, &status);
	if (code == CURLE_PROXY)
		for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
			if (answers[i].code == answer)
				return err_set(err, answers[i].kind, "%s: %s", job->where, answers[i].text);
	if (code == CURLE_WRITE_ERROR)
		return err_set(err, ERR_PROTO, "%s: the proxy's answer is too long", job->where);
	if (status >= 300)
		return tell_status(job, status, err);
	job_fault(job, code, err);
	/* Whatever went wrong up to here was between the proxy and us. */
	if (err->kind == ERR_NET || code == CURLE_PROXY)
		err->kind = ERR_PROTO;
	return -1;
}

static void on_finished(struct http_job *job, CURLcode code)
{
	struct http_tunnel *tunnel = (struct http_tunnel *)(void *)job;
	void (*done)(void *, int, const struct err *) = tunnel->done;
	void *context = tunnel->context;
	curl_socket_t socket = CURL_SOCKET_BAD;
	struct err err = ERR_INIT;
	int fd = -1;

	curl_easy_getinfo(job->easy, CURLINFO_ACTIVESOCKET, &socket);
	if (code != CURLE_OK)
		tell(tunnel, code, &err);
	else if (socket == CURL_SOCKET_BAD)
		err_set(&err, ERR_PROTO, "%s: the proxy closed the connection", job->where);
	else
		fd = job_take(job, socket, &err);
	tunnel->done = NULL;
	job_end(job);
	done(context, fd, &err);
}

int http_proxy_check(const char *url, struct err *err)
{
	char *where = job_where(url, schemes, err);
	bool holds = where != NULL;

	free(where);
	return holds ? 0 : -1;
}

static void go_through(struct http_job *job, const struct http_proxy *proxy)
{
	JOB_SET(job, CURLOPT_PROXY, proxy->url);
	JOB_SET(job, CURLOPT_HTTPPROXYTUNNEL, 1L);
	JOB_SET(job, CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
	JOB_SET(job, CURLOPT_SOCKS5_AUTH, (long)CURLAUTH_BASIC);
	JOB_SET(job, CURLOPT_PROXYUSERNAME, proxy->user);
	JOB_SET(job, CURLOPT_PROXYPASSWORD, proxy->password);
	JOB_SET(job, CURLOPT_CONNECT_ONLY, 1L);
}

struct http_tunnel *http_tunnel(struct http *http, const struct http_proxy *proxy, const char *host, unsigned short port,
				int64_t timeout, void (*done)(void *context, int fd, const struct err *err), void *context,
				struct err *err)
{
	struct http_tunnel *tunnel = mem_new(sizeof *tunnel);
	struct http_job *job = &tunnel->job;
	char *url = mem_printf(strchr(host, ':') != NULL ? "http://[%s]:%u/" : "http://%s:%u/", host, port);
	struct http_peer peer = { .url = url, .protocols = "http", .connect_timeout = timeout, .timeout = timeout };
	char *where = job_where(proxy->url, schemes, err);
	bool begun = false;

	if (where != NULL && job_init(job, http, err) == 0) {
		tunnel->header_left = HEADER_MOST;
		tunnel->done = done;
		tunnel->context = context;
		job->gone = on_gone;
		job->finished = on_finished;
		JOB_SET(job, CURLOPT_HEADERFUNCTION, on_header);
		JOB_SET(job, CURLOPT_HEADERDATA, tunnel);
		begun = job_aim(job, &peer, err) == 0;
		if (begun) {
			free(job->where);
			job->where = where;
			where = NULL;
			go_through(job, proxy);
			begun = job_start(job, err) == 0;
		}
		if (!begun)
			job_end(job);
	} else {
		free(tunnel);
	}
	free(where);
	free(url);
	return begun ? tunnel : NULL;
}

void http_tunnel_abort(struct http_tunnel *tunnel)
{
	if (tunnel == NULL)
		return;
	tunnel->done = NULL;
	job_end(&tunnel->job);
}
