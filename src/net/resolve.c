/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve.c - the door to c-ares
 *
 * A channel lives as long as one call.  Answers end in callbacks that write to
 * the caller's memory; the loop below waits on the channel's own sockets.
 */
#include "net/resolve.h"

#include <arpa/inet.h>
#include <ares.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

static int open_channel(ares_channel *channel, int64_t timeout)
{
	struct ares_options options = { .timeout = (int)(timeout / CLOCK_MS / 3 + 1), .tries = 2 };

	return ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS &&
			       ares_init_options(channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES) == ARES_SUCCESS ?
		       0 :
		       -1;
}

/* Waits until no more than `most` questions of `*pending` are open, or the time is over. */
static void wait_for(ares_channel channel, const size_t *pending, size_t most, int64_t until)
{
	while (*pending > most) {
		ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
		struct pollfd waits[ARES_GETSOCK_MAXNUM];
		unsigned bits = (unsigned)ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
		int64_t rest = until - clock_now();
		nfds_t count = 0;

		if (rest <= 0)
			return;
		for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
			/* The library's own macros shift into the sign bit. */
			short wanted = (short)((bits >> i & 1 ? POLLIN : 0) | (bits >> (i + ARES_GETSOCK_MAXNUM) & 1 ? POLLOUT : 0));

			if (wanted != 0)
				waits[count++] = (struct pollfd){ .fd = sockets[i], .events = wanted };
		}
		poll(waits, count, rest / CLOCK_MS > 100 ? 100 : (int)(rest / CLOCK_MS + 1));
		ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
		for (nfds_t i = 0; i < count; i++)
			ares_process_fd(channel, waits[i].revents & (POLLIN | POLLERR | POLLHUP) ? waits[i].fd : ARES_SOCKET_BAD,
					waits[i].revents & POLLOUT ? waits[i].fd : ARES_SOCKET_BAD);
	}
}

struct question {
	struct resolved *asked;
	size_t *pending;
};

static void on_addresses(void *context, int status, int timeouts, struct ares_addrinfo *info)
{
	struct question *question = context;
	struct resolved *asked = question->asked;

	(void)timeouts;
	for (struct ares_addrinfo_node *node = info ? info->nodes : NULL; node != NULL; node = node->ai_next)
		if (asked->count < RESOLVE_ADDRESSES_MOST && address_from_socket(node->ai_addr, &asked->addresses[asked->count]) == 0)
			asked->addresses[asked->count++].port = 0;
	if (asked->count == 0)
		err_set(&asked->err, ERR_NAME, "%.200s has no address: %s", asked->host,
			status == ARES_SUCCESS ? "the name exists without one" : ares_strerror(status));
	if (info != NULL)
		ares_freeaddrinfo(info);
	--*question->pending;
	free(question);
}

void resolve_hosts(struct resolved *list, size_t count, int64_t timeout)
{
	struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	size_t pending = 0;
	ares_channel channel = NULL;

	for (size_t i = 0; i < count; i++) {
		struct err not_address = ERR_INIT;

		list[i].count = 0;
		list[i].err = (struct err)ERR_INIT;
		if (address_parse(list[i].host, &list[i].addresses[0], &not_address) == 0) {
			list[i].count = 1;
			continue;
		}
		if (channel == NULL && open_channel(&channel, timeout) != 0) {
			err_set(&list[i].err, ERR_NAME, "the resolver cannot be set up");
			continue;
		}
		wait_for(channel, &pending, RESOLVE_AT_ONCE - 1, clock_now() + timeout);
		struct question *question = mem_new(sizeof *question);

		*question = (struct question){ &list[i], &pending };
		pending++;
		ares_getaddrinfo(channel, list[i].host, NULL, &hints, on_addresses, question);
	}
	if (channel == NULL)
		return;
	wait_for(channel, &pending, 0, clock_now() + timeout);
	ares_destroy(channel);          /* answers what is still open with ARES_EDESTRUCTION */
}

struct answer {
	char *name;
	size_t pending;
};

static void on_name(void *context, int status, int timeouts, struct hostent *host)
{
	struct answer *answer = context;

	(void)timeouts;
	if (status == ARES_SUCCESS && host != NULL && host->h_name != NULL && strchr(host->h_name, '.') != NULL)
		answer->name = mem_text(host->h_name);
	answer->pending--;
}

char *resolve_name(const struct address *address, int64_t timeout)
{
	struct answer answer = { .pending = 1 };
	struct resolved back = { .count = 0 };
	ares_channel channel = NULL;

	if (open_channel(&channel, timeout) != 0)
		return NULL;
	ares_gethostbyaddr(channel, address->bytes, address->family == AF_INET ? 4 : 16, address->family, on_name, &answer);
	wait_for(channel, &answer.pending, 0, clock_now() + timeout);
	ares_destroy(channel);
	if (answer.name == NULL)
		return NULL;
	back.host = answer.name;
	resolve_hosts(&back, 1, timeout);
	for (size_t i = 0; i < back.count; i++)
		if (address_equal(&back.addresses[i], address))
			return answer.name;
	free(answer.name);
	return NULL;
}

static void on_exchangers(void *context, int status, int timeouts, unsigned char *bytes, int len)
{
	struct answer *answer = context;
	struct ares_mx_reply *first = NULL;

	(void)timeouts;
	if (status == ARES_SUCCESS && ares_parse_mx_reply(bytes, len, &first) == ARES_SUCCESS) {
		const struct ares_mx_reply *best = first;

		for (const struct ares_mx_reply *mx = first; mx != NULL; mx = mx->next)
			if (mx->priority < best->priority)
				best = mx;
		if (best != NULL && best->host[0] != '\0')
			answer->name = mem_text(best->host);
		ares_free_data(first);
	}
	answer->pending--;
}

void resolve_exchanger(const char *domain, int64_t timeout, struct address *address)
{
	struct answer answer = { .pending = 1 };
	struct resolved host = { .host = domain };
	ares_channel channel = NULL;

	*address = (struct address){ .family = 0 };
	if (open_channel(&channel, timeout) != 0)
		return;
	ares_query(channel, domain, C_IN, ns_t_mx, on_exchangers, &answer);
	wait_for(channel, &answer.pending, 0, clock_now() + timeout);
	ares_destroy(channel);
	if (answer.name != NULL)
		host.host = answer.name;
	resolve_hosts(&host, 1, timeout);
	if (host.count != 0)
		*address = host.addresses[0];
	free(answer.name);
}
