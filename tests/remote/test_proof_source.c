/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_proof_source.c - places where proof is looked for
 */
#include "remote/proof_source.h"

#include "../fake/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "remote/store.h"

static void test_a_source_is_understood_or_told(void **state)
{
	static const struct {
		const char *text, *scheme, *told;
	} rows[] = {
		{ "listen:127.0.0.1:25", "listen", "" },
		{ "listen:[::1]:0", "listen", "" },
		{ "listen:any:25", "listen", "" },
		{ "file:/var/lib/x", "file", "" },
		{ "listen:", NULL, "no address and port" },
		{ "listen:127.0.0.1", NULL, "no address and port" },
		{ "file:", NULL, "the path" },
		{ "lisen:127.0.0.1:25", NULL, "was 'listen:' meant?" },
		{ "fil:/x", NULL, "was 'file:' meant?" },
		{ "/var/lib/x", NULL, "listen:ADDRESS:PORT, file:PATH" },
		{ "", NULL, "listen:ADDRESS:PORT, file:PATH" },
		{ "smtp:x", NULL, "listen:ADDRESS:PORT, file:PATH" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;
		const struct proof_kind *kind = proof_source_check(rows[i].text, &err);

		if ((kind == NULL) != (rows[i].scheme == NULL) || strstr(err.text, rows[i].told) == NULL)
			fail_msg("%s: %s", rows[i].text, err.text);
		if (kind != NULL)
			assert_string_equal(kind->scheme, rows[i].scheme);
	}
	for (size_t i = 0; proof_source_kinds()[i] != NULL; i++)
		assert_non_null(strstr(proof_source_kinds()[i]->usage, proof_source_kinds()[i]->scheme));
}

struct seen {
	struct token_key key;
	unsigned numbers[16];
	size_t count, failures;
};

static void on_seen(void *context, const struct sighting *sighting)
{
	struct seen *seen = context;

	assert_string_equal(sighting->token.run, "abcdefgh");
	assert_true(sighting->token.expires > time(NULL));
	assert_true(seen->count < 16);
	seen->numbers[seen->count++] = sighting->token.number;
}

static bool wants(void *context, const struct token *token)
{
	(void)context;
	return strcmp(token->run, "abcdefgh") == 0;
}

static void on_failed(void *context, const struct err *err)
{
	struct seen *seen = context;

	(void)err;
	seen->failures++;
}

static struct proof_settings settings_of(struct talk *talk, struct seen *seen)
{
	return (struct proof_settings){
		.base = talk->base,
		.key = &seen->key,
		.wants = wants,
		.domain = "sink.test",
		.seen = on_seen,
		.failed = on_failed,
		.context = seen,
	};
}

static void make_address(const struct token_key *key, const char *run, unsigned number, char address[TOKEN_TEXT + 16])
{
	struct token token = { .number = number, .expires = time(NULL) + 600 };

	snprintf(token.run, sizeof token.run, "%s", run);
	token_print(key, &token, address);
	memcpy(address + TOKEN_TEXT - 1, "@sink.test", sizeof "@sink.test");
}

/* A free port of loopback; nobody else takes it in the moment until it is used again. */
static unsigned short free_port(void)
{
	struct address where = { AF_INET, { 127, 0, 0, 1 }, 0, 0 };
	struct sockaddr_storage local;
	socklen_t size = address_to_socket(&where, &local);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&local, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&local, &size), 0);
	close(fd);
	address_from_socket((struct sockaddr *)&local, &where);
	return where.port;
}

static void test_a_listener_sees_its_own_run(void **state)
{
	static const struct {
		const char *run;
		unsigned number;
	} rows[] = { { "abcdefgh", 3 }, { "zzzzzzzz", 4 }, { "abcdefgh", 5 } };
	struct seen seen = { .count = 0 };
	struct talk talk;
	struct proof_settings settings;
	struct proof_source *source;
	struct err err = ERR_INIT;
	char *text;

	(void)state;
	talk_begin_alone(&talk);
	settings = settings_of(&talk, &seen);
	talk.address = (struct address){ AF_INET, { 127, 0, 0, 1 }, free_port(), 0 };
	text = mem_printf("listen:127.0.0.1:%u", (unsigned)talk.address.port);
	source = proof_source_open(text, &settings, &err);
	if (source == NULL)
		fail_msg("%s", err.text);
	assert_null(proof_source_open(text, &settings, &err));
	assert_int_equal(err.kind, ERR_SYSTEM);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct client client;
		char address[TOKEN_TEXT + 16], *line;

		make_address(&seen.key, rows[i].run, rows[i].number, address);
		line = mem_printf("RCPT TO:<%s>", address);
		client_open(&client, &talk, NULL);
		client_greet(&client, "<>");
		ASK(&client, line, "250");
		ASK(&client, "DATA", "354");
		ASK(&client, "Subject: x\r\n\r\n.", "250");
		client_close(&client);
		free(line);
	}
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.numbers[0], 3);
	assert_int_equal(seen.numbers[1], 5);
	proof_source_close(source);
	free(text);
	talk_end(&talk);
}

static void add(const char *path, const struct token_key *key, const char *run, unsigned number)
{
	char address[TOKEN_TEXT + 16];
	struct record record = { .seen = { .token = { .number = number }, .rcpt_to = address, .headers = "", .when = 1 }, .body = "" };
	struct buf line = BUF_OWN;
	FILE *file = fopen(path, "ab");

	assert_non_null(file);
	make_address(key, run, number, address);
	snprintf(record.seen.token.run, sizeof record.seen.token.run, "%s", run);
	record_print(&record, &line);
	assert_int_equal(fwrite(line.data, 1, line.len, file), line.len);
	fclose(file);
	buf_release(&line);
}

static void test_a_store_is_followed(void **state)
{
	char directory[] = "/tmp/test_proof.XXXXXX", *path, *older, *text;
	struct seen seen = { .count = 0 };
	struct token_key wrong = { { 9 } };
	struct talk talk;
	struct proof_settings settings;
	struct proof_source *source;
	struct err err = ERR_INIT;

	(void)state;
	assert_non_null(mkdtemp(directory));
	path = mem_printf("%s/store", directory);
	older = mem_printf("%s.1", path);
	text = mem_printf("file:%s", path);
	talk_begin_alone(&talk);
	settings = settings_of(&talk, &seen);
	/* Nothing is there yet. */
	source = proof_source_open(text, &settings, &err);
	assert_non_null(source);
	talk_run(&talk);
	add(path, &seen.key, "abcdefgh", 1);
	add(path, &seen.key, "zzzzzzzz", 2);
	add(path, &wrong, "abcdefgh", 3);
	while (seen.count < 1)
		event_base_loop(talk.base, EVLOOP_ONCE);
	add(path, &seen.key, "abcdefgh", 4);
	assert_int_equal(rename(path, older), 0);
	add(path, &seen.key, "abcdefgh", 5);
	while (seen.count < 3)
		event_base_loop(talk.base, EVLOOP_ONCE);
	assert_int_equal(seen.numbers[0], 1);
	assert_int_equal(seen.numbers[1], 4);
	assert_int_equal(seen.numbers[2], 5);
	assert_int_equal(seen.failures, 0);
	proof_source_close(source);
	unlink(path);
	unlink(older);
	rmdir(directory);
	/* No regular file. */
	free(text);
	text = mem_text("file:/dev/null");
	assert_null(proof_source_open(text, &settings, &err));
	free(path);
	free(older);
	free(text);
	talk_end(&talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_source_is_understood_or_told),
		cmocka_unit_test(test_a_listener_sees_its_own_run),
		cmocka_unit_test(test_a_store_is_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
