/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.c - names of attempts that nobody else can make
 */
#include "probe/token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

enum {
	RUN_BYTES = TOKEN_RUN * 5 / 8,
	HEAD_BYTES = RUN_BYTES + 3 + 4,
	MAC_BYTES = 8,
	ALL_BYTES = HEAD_BYTES + MAC_BYTES,
	KEY_FILE_MOST = 256
};
_Static_assert(ALL_BYTES * 8 == (TOKEN_TEXT - 1) * 5, "the bytes fill the letters");

static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";

static void to_letters(const unsigned char *bytes, size_t len, char *text)
{
	unsigned held = 0, bits = 0;

	for (size_t i = 0; i < len; i++) {
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 5; bits -= 5)
			*text++ = letters[held >> (bits - 5) & 31];
		held &= 255;
	}
	*text = '\0';
}

/* The letter's five bits, or -1. */
static int value_of(char letter)
{
	const char *found;

	if (letter >= 'A' && letter <= 'Z')
		letter = (char)(letter - 'A' + 'a');
	found = letter != '\0' ? strchr(letters, letter) : NULL;
	return found ? (int)(found - letters) : -1;
}

static bool from_letters(const char *text, size_t len, unsigned char *bytes)
{
	unsigned held = 0, bits = 0;

	for (size_t i = 0; i < len; i++) {
		int value = value_of(text[i]);

		if (value < 0)
			return false;
		held = (held << 5 | (unsigned)value) & 0xffff;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			*bytes++ = (unsigned char)(held >> bits);
		}
	}
	return true;
}

bool token_run_is_name(const char *text)
{
	return strlen(text) == TOKEN_RUN && strspn(text, letters) == TOKEN_RUN;
}

void token_run_make(const struct token_key *key, const char *run, struct token_run *made)
{
	unsigned char bytes[RUN_BYTES];

	if (strnlen(run, TOKEN_RUN) != TOKEN_RUN || !from_letters(run, TOKEN_RUN, bytes))
		BUG("a run's id that no token can hold");
	to_letters(bytes, sizeof bytes, made->run);
	_Static_assert(MAC_SIZE == MAC_KEY, "an HMAC is a key");
	mac_make(key->bytes, bytes, sizeof bytes, made->bytes);
}

void token_print(const struct token_key *key, const struct token *token, char text[TOKEN_TEXT])
{
	struct token_run run;

	token_run_make(key, token->run, &run);
	token_print_run(&run, token, text);
}

void token_print_run(const struct token_run *run, const struct token *token, char text[TOKEN_TEXT])
{
	unsigned char bytes[ALL_BYTES], mac[MAC_SIZE];
	uint32_t tail = (uint32_t)token->role << 28 | ((uint32_t)(token->expires / 60) & 0x0fffffff);

	if (!from_letters(run->run, TOKEN_RUN, bytes) || token->number > TOKEN_NUMBER_MOST)
		BUG("a run's id or an attempt's number that no token can hold");
	for (int i = 0; i < 3; i++)
		bytes[RUN_BYTES + i] = (unsigned char)(token->number >> (16 - 8 * i));
	for (int i = 0; i < 4; i++)
		bytes[RUN_BYTES + 3 + i] = (unsigned char)(tail >> (24 - 8 * i));
	mac_make(run->bytes, bytes, HEAD_BYTES, mac);
	memcpy(bytes + HEAD_BYTES, mac, MAC_BYTES);
	to_letters(bytes, sizeof bytes, text);
}

bool token_read(const struct token_key *key, const char *text, size_t len, struct token *token)
{
	unsigned char bytes[ALL_BYTES], mac[MAC_SIZE];
	const unsigned char *rest = bytes + RUN_BYTES;
	struct token made = { .number = 0 };
	struct token_run run;
	uint32_t tail;

	if (len != TOKEN_TEXT - 1 || !from_letters(text, len, bytes))
		return false;
	to_letters(bytes, RUN_BYTES, made.run);
	token_run_make(key, made.run, &run);
	mac_make(run.bytes, bytes, HEAD_BYTES, mac);
	if (!mac_equal(mac, bytes + HEAD_BYTES, MAC_BYTES))
		return false;
	tail = (uint32_t)rest[3] << 24 | (uint32_t)rest[4] << 16 | (uint32_t)rest[5] << 8 | rest[6];
	if (tail >> 28 >= TOKEN_ROLES)
		return false;
	made.number = (unsigned)rest[0] << 16 | (unsigned)rest[1] << 8 | rest[2];
	made.role = (enum token_role)(tail >> 28);
	made.expires = (time_t)(tail & 0x0fffffff) * 60;
	*token = made;
	return true;
}

const char *token_find(const struct token_key *key, const char *text, size_t len, struct token *token)
{
	size_t run = 0;

	/* Each stretch of 32 letters may be one: most text has none, and is passed over at a look a byte. */
	for (size_t i = 0; i < len; i++) {
		run = value_of(text[i]) < 0 ? 0 : run + 1;
		if (run >= TOKEN_TEXT - 1 && token_read(key, text + i + 2 - TOKEN_TEXT, TOKEN_TEXT - 1, token))
			return text + i + 2 - TOKEN_TEXT;
	}
	return NULL;
}

bool token_is_expired(const struct token *token, time_t now)
{
	return now >= token->expires;
}

char *token_key_path(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	/* The specification of base directories takes a relative path for none. */
	if (state != NULL && state[0] == '/')
		return mem_printf("%s/relayaudit/token.key", state);
	if (home != NULL && home[0] == '/')
		return mem_printf("%s/.local/state/relayaudit/token.key", home);
	return NULL;
}

static int make_directories(const char *path, struct err *err)
{
	char *copy = mem_text(path);
	int result = 0;

	for (char *slash = strchr(copy + 1, '/'); result == 0 && slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) != 0 && errno != EEXIST)
			result = err_set(err, ERR_SYSTEM, "the directory %s cannot be made: %s", copy, strerror(errno));
		*slash = '/';
	}
	free(copy);
	return result;
}

/* EEXIST where another process was quicker: its key is then the key. */
static int make_key(const char *path, struct err *err)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[MAC_KEY];
	char text[2 * MAC_KEY + 1];
	char *beside = mem_printf("%s.XXXXXX", path);
	int fd, result = 0;

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		BUG("the kernel has no chance to give");
	for (size_t i = 0; i < sizeof bytes; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[sizeof text - 1] = '\n';
	/* Mode 0600, and a name that nobody else has, not even one who was killed here. */
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0 || write(fd, text, sizeof text) != (ssize_t)sizeof text || fsync(fd) != 0)
		result = err_set(err, ERR_SYSTEM, "the key file %s cannot be made: %s", path, strerror(errno));
	/* A link, not a rename: it does not replace what another one has just made. */
	else if (link(beside, path) != 0 && errno != EEXIST)
		result = err_set(err, ERR_SYSTEM, "the key file %s cannot be made: %s", path, strerror(errno));
	if (fd >= 0) {
		close(fd);
		unlink(beside);
	}
	free(beside);
	return result;
}

static int hex_value(char digit)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = digit != '\0' ? strchr(digits, digit) : NULL;

	return found ? (int)(found - digits) : -1;
}

static int parse_key(const char *path, const struct buf *text, struct token_key *key, struct err *err)
{
	size_t len = text->len;

	while (len != 0 && (text->data[len - 1] == '\n' || text->data[len - 1] == '\r'))
		len--;
	if (len != 2 * MAC_KEY)
		return err_set(err, ERR_SYNTAX, "%s:1:1: a key is %d hexadecimal digits in lower case, and this has %zu bytes", path,
			       2 * MAC_KEY, len);
	for (size_t i = 0; i < len; i++)
		if (hex_value(text->data[i]) < 0)
			return err_set(err, ERR_SYNTAX, "%s:1:%zu: a key is %d hexadecimal digits in lower case", path, i + 1, 2 * MAC_KEY);
	for (size_t i = 0; i < MAC_KEY; i++)
		key->bytes[i] = (unsigned char)(hex_value(text->data[2 * i]) << 4 | hex_value(text->data[2 * i + 1]));
	return 0;
}

static int read_key(const char *path, struct token_key *key, struct err *err)
{
	struct buf text = BUF_INIT(KEY_FILE_MOST);
	struct stat facts;
	int result = -1;

	if (stat(path, &facts) != 0 && errno == ENOENT && (make_directories(path, err) != 0 || make_key(path, err) != 0))
		return -1;
	if (stat(path, &facts) != 0)
		return err_set(err, ERR_SYSTEM, "the key file %s cannot be read: %s", path, strerror(errno));
	if ((facts.st_mode & 077) != 0)
		return err_set(err, ERR_FORBIDDEN, "the key file %s may be read by others than its owner: chmod 600 %s", path, path);
	if (file_read(path, &text, err) == 0)
		result = parse_key(path, &text, key, err);
	buf_release(&text);
	return result;
}

int token_key_read(const char *path, struct token_key *key, struct err *err)
{
	char *own = path ? NULL : token_key_path();
	int result;

	if (path == NULL && own == NULL)
		return err_set(err, ERR_USAGE, "neither XDG_STATE_HOME nor HOME is set: name the key file with --key");
	result = read_key(path ? path : own, key, err);
	free(own);
	return result;
}
