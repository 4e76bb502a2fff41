/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_fault.c - what libcurl failed with, in our words
 */
#include "net/http_job.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

enum { DETAIL_MOST = 160 };

static const struct fault {
	CURLcode code;
	enum err_kind kind;
	const char *text;
} faults[] = {
	{ CURLE_URL_MALFORMAT, ERR_USAGE, "this is not a URL that can be asked for" },
	{ CURLE_UNSUPPORTED_PROTOCOL, ERR_USAGE, "this protocol is not spoken here" },
	{ CURLE_COULDNT_RESOLVE_HOST, ERR_NAME, "the name does not resolve" },
	{ CURLE_COULDNT_RESOLVE_PROXY, ERR_NAME, "the name does not resolve" },
	{ CURLE_COULDNT_CONNECT, ERR_NET, "it cannot be connected to" },
	{ CURLE_WEIRD_SERVER_REPLY, ERR_PROTO, "what it says is not of its protocol" },
	{ CURLE_REMOTE_ACCESS_DENIED, ERR_PROTO, "it lets nobody in" },
	{ CURLE_HTTP2, ERR_PROTO, "what it says is not of its protocol" },
	{ CURLE_PARTIAL_FILE, ERR_NET, "the connection ended before the answer did" },
	{ CURLE_OPERATION_TIMEDOUT, ERR_TIMEOUT, "it did not answer in time" },
	{ CURLE_SSL_CONNECT_ERROR, ERR_TLS, "the TLS handshake failed" },
	{ CURLE_PEER_FAILED_VERIFICATION, ERR_TLS, "its certificate is not trusted" },
	{ CURLE_SSL_CERTPROBLEM, ERR_SYSTEM, "our own certificate or key cannot be used" },
	{ CURLE_SSL_CACERT_BADFILE, ERR_SYSTEM, "the file of authorities cannot be read" },
	{ CURLE_SSL_ISSUER_ERROR, ERR_TLS, "its certificate is not trusted" },
	{ CURLE_SSL_CIPHER, ERR_TLS, "no TLS cipher is in common" },
	{ CURLE_USE_SSL_FAILED, ERR_TLS, "it offers no TLS, and without it no password is sent" },
	{ CURLE_GOT_NOTHING, ERR_NET, "it closed the connection without an answer" },
	{ CURLE_SEND_ERROR, ERR_NET, "the connection broke" },
	{ CURLE_RECV_ERROR, ERR_NET, "the connection broke" },
	{ CURLE_LOGIN_DENIED, ERR_USAGE, "it refused the user or the password" },
	{ CURLE_AUTH_ERROR, ERR_USAGE, "it refused the user or the password" },
	{ CURLE_OUT_OF_MEMORY, ERR_SYSTEM, "libcurl had no memory left" },
};

static const struct fault *fault_of(CURLcode code)
{
	static const struct fault other = { CURLE_OK, ERR_PROTO, "the transfer failed" };

	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (faults[i].code == code)
			return &faults[i];
	return &other;
}

/* The system's own word for why, where that is it. */
static const char *system_detail(const struct http_job *job, CURLcode code)
{
	long fault = 0;

	if (code != CURLE_COULDNT_CONNECT && code != CURLE_SEND_ERROR && code != CURLE_RECV_ERROR)
		return NULL;
	curl_easy_getinfo(job->easy, CURLINFO_OS_ERRNO, &fault);
	if (fault == 0 || fault == EAGAIN || fault == EINPROGRESS)
		return NULL;
	return fault == ECONNREFUSED ? "connection refused" : strerror((int)fault);
}

int job_fault(const struct http_job *job, CURLcode code, struct err *err)
{
	const struct fault *fault = fault_of(code);
	const char *detail = system_detail(job, code);
	struct buf shown = BUF_INIT(DETAIL_MOST);

	if (detail != NULL)
		return err_set(err, fault->kind, "%s: %s", job->where, detail);
	/* What OpenSSL says is about certificates and files, and never about a login. */
	if (fault->kind == ERR_TLS || code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CACERT_BADFILE || fault->code == CURLE_OK)
		text_escape(&shown, job->why, strlen(job->why));
	err_set(err, fault->kind, shown.len != 0 ? "%s: %s (%s)" : "%s: %s", job->where, fault->text, shown.data);
	buf_release(&shown);
	return -1;
}
