/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tunnel.c - vantages behind a proxy: SOCKS5, and HTTP CONNECT
 *
 * The proxy is given the address that was approved.  "socks5h" is "socks5" with names
 * resolved by the proxy; since it gets no name, the two are one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "net/dial.h"
#include "net/http.h"
#include "vantage/vantage_kind.h"

enum {
	/* A session has given up long before; this is for a call that nobody waits for. */
	TUNNEL_PATIENCE = 600 * CLOCK_S,
	PASSWORD_MOST = 1024
};

/* The kind's `way`.  The dial comes first, so that a pointer to it is one to the whole. */
struct way {
	struct dial dial;
	struct http *http;              /* made with the first call, on its loop */
	char *url;
	char *user;                     /* NULL: none */
	char *password;
};

struct tunnel_call {
	struct http_tunnel *tunnel;     /* NULL once it is done */
	const struct call_events *events;
	void *context;
};

/* What the proxy has to do with: its own trouble is the way's. */
static void on_done(void *context, int fd, const struct err *err)
{
	struct tunnel_call *call = context;
	struct err told = *err;

	call->tunnel = NULL;
	if (fd >= 0) {
		call->events->answered(call->context, fd);
		return;
	}
	if (told.kind != ERR_REFUSED && told.kind != ERR_NET && told.kind != ERR_TIMEOUT)
		told.kind = ERR_WAY;
	call->events->ended(call->context, &told);
}

static void *begin(struct dial *dial, struct event_base *base, const struct address *to, const struct call_events *events,
		   void *context, struct err *err)
{
	struct way *way = (struct way *)dial;
	const struct http_proxy proxy = { .url = way->url, .user = way->user, .password = way->password };
	struct tunnel_call *call;
	char host[ADDRESS_TEXT];

	if (way->http == NULL && (way->http = http_new(base, err)) == NULL)
		return NULL;
	address_print(to, host);
	call = mem_new(sizeof *call);
	call->events = events;
	call->context = context;
	call->tunnel = http_tunnel(way->http, &proxy, host, to->port, TUNNEL_PATIENCE, on_done, call, err);
	if (call->tunnel != NULL)
		return call;
	free(call);
	return NULL;
}

static void hang_up(void *context)
{
	struct tunnel_call *call = context;

	http_tunnel_abort(call->tunnel);
	free(call);
}

/* The first line of a file. */
static char *read_password(const char *file, struct err *err)
{
	struct buf text = BUF_INIT(PASSWORD_MOST);
	char *password = NULL;

	if (file_read(file, &text, err) == 0) {
		size_t len = strcspn(text.data, "\r\n");

		if (len == 0 || text.cut || strlen(text.data) != text.len)
			err_set(err, ERR_USAGE, "there is no password in the first line of %.200s", file);
		else
			password = mem_bytes(text.data, len);
	}
	if (text.len != 0)
		explicit_bzero(text.data, text.len);
	buf_release(&text);
	return password;
}

/* "USER[:@FILE]" */
static int read_login(const char *login, struct way *way, struct err *err)
{
	const char *colon = strchr(login, ':');

	way->user = mem_bytes(login, colon ? (size_t)(colon - login) : strlen(login));
	if (way->user[0] == '\0')
		return err_set(err, ERR_USAGE, "the proxy's user has no name: USER:@FILE@HOST:PORT");
	if (colon == NULL)
		return err_set(err, ERR_USAGE, "the proxy's user '%.60s' has no password: %.60s:@FILE@HOST:PORT reads it from a file", way->user, way->user);
	if (colon[1] != '@' || colon[2] == '\0')
		return err_set(err, ERR_USAGE,
			       "a password is not written on the command line, where everybody sees it: %.60s:@FILE@HOST:PORT reads it from a file",
			       way->user);
	way->password = read_password(colon + 2, err);
	return way->password ? 0 : -1;
}

/* "//[USER:@FILE@]HOST:PORT"; a file's name may hold an @, a host's cannot. */
static int parse(const char *rest, struct vantage *vantage, struct err *err)
{
	const char *scheme = vantage->kind->scheme, *place = rest + 2, *at;
	struct way *way;

	if (strncmp(rest, "//", 2) != 0 || rest[2] == '\0')
		return err_set(err, ERR_USAGE, "a proxy is written %s", vantage->kind->usage);
	way = mem_new(sizeof *way);
	way->dial = (struct dial){ .call = begin, .hang_up = hang_up };
	vantage->way = way;
	at = strrchr(place, '@');
	if (at != NULL) {
		char *login = mem_bytes(place, (size_t)(at - place));
		int result = read_login(login, way, err);

		/* What is shown has the user, and not where the password lies. */
		const char *query = strrchr(vantage->via, '?');
		char *shown = mem_printf("%s://%s@%s%s", scheme, way->user, at + 1, query ? query : "");

		free(vantage->via);
		vantage->via = shown;
		free(login);
		if (result != 0)
			return err_prefix(err, "%s", scheme);
		place = at + 1;
	}
	way->url = mem_printf("%s://%s", scheme, place);
	if (strchr(place[0] == '[' ? place + strcspn(place, "]") : place, ':') == NULL)
		return err_set(err, ERR_USAGE, "%s: the proxy needs its port: %s", scheme, vantage->kind->usage);
	return http_proxy_check(way->url, err);
}

static void release(struct vantage *vantage)
{
	struct way *way = vantage->way;

	if (way == NULL)
		return;
	http_free(way->http);
	if (way->password != NULL)
		explicit_bzero(way->password, strlen(way->password));
	free(way->password);
	free(way->user);
	free(way->url);
	free(way);
}

static void prepare(const struct vantage *vantage, struct session_settings *settings)
{
	settings->dial = vantage->way;
}

#define TUNNEL(name, word, what)                             \
	const struct vantage_kind name = {                   \
		.scheme = word,                              \
		.usage = word "://[USER:@FILE@]HOST:PORT",   \
		.about = what,                               \
		.takes = PARAMETER_CLIENT,                   \
		.parse = parse,                              \
		.release = release,                          \
		.prepare = prepare,                          \
	}

TUNNEL(vantage_socks5h, "socks5h", "through a SOCKS5 proxy");
TUNNEL(vantage_socks5, "socks5", "the same");
TUNNEL(vantage_http, "http", "through an HTTP proxy that has CONNECT");
