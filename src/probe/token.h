/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_TOKEN_H
#define PROBE_TOKEN_H

/*
 * A token names one attempt of one run, in an address or a header line of a test
 * message, so that a delivery and a bounce both tell what caused them.
 *
 *      RRRRRRRR NNNNN... 32 letters and digits: the run's id in clear (its first
 *      8), then the attempt's number (24 bits), its role (4), the minute in which it
 *      expires (28), and 64 bits of an HMAC over all that.
 *
 * The letters are those of clock_chance(), which survive a server that changes
 * the case of a local part; the length leaves room for a domain behind a percent
 * sign within the 64 bytes of RFC 5321 4.5.3.1.1.  Whoever lacks the key can make
 * none: a guess is right once in 2^64.
 *
 * A run has a key of its own, an HMAC of its id under the shared key, and signs its
 * tokens with that: who is given a run's key can make that run's tokens, and no other's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "net/mac.h"

struct err;

enum {
	TOKEN_TEXT = 33,                /* with its NUL */
	TOKEN_RUN = 8,                  /* letters of the run's id */
	TOKEN_NUMBER_MOST = (1 << 24) - 1,
	/* A queue tries for days; a token that is still out after that is nobody's any more. */
	TOKEN_LIFE = 3 * 24 * 3600
};

enum token_role {
	TOKEN_VICTIM,                   /* the outside recipient */
	TOKEN_SENDER,                   /* the envelope sender: what comes here is a bounce */
	TOKEN_SECOND,                   /* the recipient of a message smuggled inside another */
	TOKEN_ROLES
};

struct token_key {
	unsigned char bytes[MAC_KEY];
};

/* What makes the tokens of one run. */
struct token_run {
	char run[TOKEN_RUN + 1];
	unsigned char bytes[MAC_KEY];
};

struct token {
	char run[TOKEN_RUN + 1];
	unsigned number;                /* 0: of the run as a whole */
	enum token_role role;
	time_t expires;                 /* rounded to the minute */
};

/*
 * The key that scanner and sink share: 64 hexadecimal digits in a file that its
 * owner alone may read (ERR_FORBIDDEN otherwise, with what to do).  A file that is
 * not there is made, mode 0600, with its directory.  `path` NULL: token_key_path().
 */
int token_key_read(const char *path, struct token_key *key, struct err *err);

/* "$XDG_STATE_HOME/relayaudit/token.key", or below $HOME/.local/state; the caller's. NULL: neither is set. */
char *token_key_path(void);

/* The run's key: of the first TOKEN_RUN letters of its id. */
void token_run_make(const struct token_key *key, const char *run, struct token_run *made);

/* Whether the text may begin a run's id: TOKEN_RUN letters of clock_chance(), and nothing else. */
bool token_run_is_name(const char *text);

void token_print(const struct token_key *key, const struct token *token, char text[TOKEN_TEXT]);

/* The same for who has the run's key alone; token->run is not looked at. */
void token_print_run(const struct token_run *run, const struct token *token, char text[TOKEN_TEXT]);

/* Whether the text is a token made with this key, expired or not; case does not matter.  `*token` is written on success only. */
bool token_read(const struct token_key *key, const char *text, size_t len, struct token *token);

/* Finds the first such token in any text; its length is TOKEN_TEXT - 1.  NULL: there is none. */
const char *token_find(const struct token_key *key, const char *text, size_t len, struct token *token);

bool token_is_expired(const struct token *token, time_t now);

#endif
