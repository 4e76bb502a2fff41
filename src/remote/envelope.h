/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_ENVELOPE_H
#define REMOTE_ENVELOPE_H

/*
 * Whose test an envelope belongs to.
 *
 * A recipient carries a token in its local part, with or without what a trick or a
 * server on the way puts around it ("prvs=...=TOKEN", "TOKEN.example.org").  The
 * postmaster and the abuse desk, whom a server may take anywhere (RFC 5321 4.5.1,
 * RFC 2142), carry none: there it is the sender's that counts.  Nothing that could be
 * a route is taken: no percent sign, no bang, nothing quoted.
 */

#include <stdbool.h>

struct token;
struct token_key;

/* False where no token of this key is carried; it may have expired.  `*token` is written on success only. */
bool envelope_token(const struct token_key *key, const char *mail_from, const char *rcpt_to, struct token *token);

#endif
