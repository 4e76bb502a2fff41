/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practised.c - a practice server of its own, for tests and benches
 *
 *      practised [-a ADDRESS] [-p PORT] [-w] RULES-FILE
 *      practised -l
 *
 * Listens on loopback: on 127.0.0.1 and a free port unless told otherwise; -w is
 * all of 127.0.0.0/8.  It prints "127.0.0.1 PORT" when it is ready.  SIGUSR1 prints
 * the counts to standard error, and so does its end by SIGTERM or SIGINT.  -l lists
 * what `hostile` takes, and the place of each.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/names.h"
#include "base/text.h"
#include "net/address.h"
#include "remote/practice.h"
#include "remote/practice_hostile.h"

enum { RULES_MOST = 1 << 20 };

struct server {
	struct event_base *base;
	struct practice *practice;
};

static void print_counts(const struct practice *practice)
{
	struct practice_counts counts;

	practice_counts(practice, &counts);
	fprintf(stderr,
		"sessions=%zu\nsessions_at_once=%zu\ncommands=%zu\nrefused=%zu\naccepted_outside=%zu\nmessages=%zu\n"
		"early=%zu\nmost_errors=%zu\nslept=%zu\nlimited=%zu\ndelivered=%zu\nundelivered=%zu\nbounced=%zu\nheld=%zu\n",
		counts.sessions, counts.sessions_at_once, counts.commands, counts.refused, counts.accepted_outside, counts.messages,
		counts.early, counts.most_errors, counts.slept, counts.limited, counts.delivered, counts.undelivered, counts.bounced,
		counts.held);
	fflush(stderr);
}

static void on_signal(evutil_socket_t number, short what, void *context)
{
	struct server *server = context;

	(void)what;
	if (number == SIGUSR1)
		print_counts(server->practice);
	else
		event_base_loopbreak(server->base);
}

static int serve(const struct address *where, const struct practice_rules *rules, struct err *err)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGUSR1 };
	struct server server = { .base = event_base_new() };
	struct event *signals[3];
	struct address bound;
	char text[ADDRESS_TEXT];
	int result = -1;

	for (int i = 0; i < 3; i++) {
		signals[i] = evsignal_new(server.base, numbers[i], on_signal, &server);
		event_add(signals[i], NULL);
	}
	server.practice = practice_start(server.base, where, rules, err);
	if (server.practice != NULL) {
		practice_address(server.practice, &bound);
		if (bound.family == AF_INET && bound.bytes[0] == 0)
			memcpy(bound.bytes, "\177\0\0\1", 4);
		address_print(&bound, text);
		printf("%s %u\n", text, (unsigned)bound.port);
		fflush(stdout);
		event_base_dispatch(server.base);
		print_counts(server.practice);
		practice_stop(server.practice);
		result = 0;
	}
	for (int i = 0; i < 3; i++)
		event_free(signals[i]);
	event_base_free(server.base);
	return result;
}

/* As many descriptors as the system gives: each session is one. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int list(void)
{
	for (const struct hostile_kind *kind = hostile_kinds; kind->name != NULL; kind++)
		printf("%s %s\n", kind->name, name_of(practice_stage_names, (int)kind->at));
	return 0;
}

static int usage(void)
{
	fputs("usage: practised [-a ADDRESS] [-p PORT] [-w] RULES-FILE\n       practised -l\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct address where = { .family = AF_INET, .bytes = { 127, 0, 0, 1 } };
	struct practice_rules *rules = NULL;
	struct buf text = BUF_INIT(RULES_MOST);
	struct err err = ERR_INIT;
	long port = 0;
	int option, result = 2;

	while ((option = getopt(argc, argv, "a:lp:w")) != -1) {
		if (option == 'l')
			return list();
		if (option == 'a' && address_parse(optarg, &where, &err) != 0)
			goto out;
		if (option == 'p' && (port = text_number(optarg, 0, 65535)) < 0)
			return usage();
		if (option == 'w')
			where = (struct address){ .family = AF_INET };
		if (option == '?')
			return usage();
	}
	if (optind + 1 != argc)
		return usage();
	where.port = (unsigned short)port;
	signal(SIGPIPE, SIG_IGN);
	raise_limit();
	if (file_read(argv[optind], &text, &err) == 0)
		rules = practice_rules_parse(argv[optind], text.data, &err);
	if (rules != NULL && serve(&where, rules, &err) == 0)
		result = 0;
out:
	if (result != 0)
		fprintf(stderr, "practised: %s\n", err.text);
	practice_rules_free(rules);
	buf_release(&text);
	return result;
}
