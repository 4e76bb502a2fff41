/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watched token KEY RUN NUMBER            prints a token
 * watched mailbox KEY RUN URL PASSWORD-FILE [CA-FILE]
 *
 * Watches a mailbox for proof, and prints "ready", a line for each sighting (the
 * attempt's number and the first line of the header) and, where it is one,
 * "failed" and why.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "probe/token.h"
#include "remote/proof_kind.h"

static void on_seen(void *context, const struct sighting *sighting)
{
	const char *end = memchr(sighting->headers, '\n', sighting->headers_len);
	struct buf shown = BUF_INIT(256);

	(void)context;
	text_escape(&shown, sighting->headers, end != NULL ? (size_t)(end - sighting->headers) : sighting->headers_len);
	printf("seen %u %s\n", sighting->token.number, shown.data);
	buf_release(&shown);
}

struct watching {
	struct event_base *base;
	const char *run;
};

static void on_failed(void *context, const struct err *err)
{
	struct watching *watching = context;

	printf("failed %s\n", err->text);
	event_base_loopbreak(watching->base);
}

static bool wants(void *context, const struct token *token)
{
	struct watching *watching = context;

	return strcasecmp(token->run, watching->run) == 0;
}

static int watch(int argc, char **argv, const struct token_key *key)
{
	const struct proof_kind *kind = strncmp(argv[4], "imaps:", 6) == 0 ? &proof_imaps : &proof_imap;
	struct event_base *base = event_base_new();
	struct watching watching = { base, argv[3] };
	struct err err = ERR_INIT;
	struct proof_settings settings = {
		.base = base,
		.key = key,
		.wants = wants,
		.password_file = argv[5],
		.ca_file = argc > 6 ? argv[6] : NULL,
		.seen = on_seen,
		.failed = on_failed,
		.context = &watching,
	};
	void *source = kind->open(strchr(argv[4], ':') + 1, &settings, &err);

	if (source == NULL) {
		printf("failed %s\n", err.text);
		event_base_free(base);
		return 1;
	}
	puts("ready");
	event_base_dispatch(base);
	kind->close(source);
	event_base_free(base);
	return 0;
}

int main(int argc, char **argv)
{
	struct token_key key;
	struct err err = ERR_INIT;
	char text[TOKEN_TEXT];

	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	if (argc < 5 || token_key_read(argv[2], &key, &err) != 0) {
		fprintf(stderr, "watched: %s\n", argc < 5 ? "token KEY RUN NUMBER, or mailbox KEY RUN URL PASSWORD-FILE [CA-FILE]" : err.text);
		return 3;
	}
	if (strcmp(argv[1], "mailbox") == 0 && argc > 5 && strchr(argv[4], ':') != NULL)
		return watch(argc, argv, &key);

	struct token token = { .number = (unsigned)strtoul(argv[4], NULL, 10), .role = TOKEN_VICTIM, .expires = time(NULL) + TOKEN_LIFE };

	snprintf(token.run, sizeof token.run, "%s", argv[3]);
	token_print(&key, &token, text);
	puts(text);
	return 0;
}
