/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PRACTICE_MAIL_H
#define REMOTE_PRACTICE_MAIL_H

/*
 * What a practice server does with a message that it took, where its rules say more
 * than to throw it away: it is relayed, bounced, reported on or answered, by
 * practice_post.h.  Nothing here says anything to the client.
 *
 * The envelope and up to PRACTICE_TEXT bytes of each message are kept, of sessions of such
 * servers only; with all others, each call is a matter of one comparison.
 */

#include <stdbool.h>
#include <stddef.h>

#include "remote/practice_policy.h"

struct practice_mail;
struct practice_path;
struct practice_session;

enum {
	PRACTICE_TEXT = 64 << 10,
	/* Recipients of one message that are remembered; the rest is lost. */
	PRACTICE_REMEMBERED = 128
};

void practice_mail_hello(struct practice_session *session, const char *name, size_t len, bool extended);
void practice_mail_from(struct practice_session *session, const struct practice_path *path);
/* `answer` is ANSWER_LOCAL or ANSWER_OUTSIDE. */
void practice_mail_to(struct practice_session *session, const struct practice_path *path, enum practice_answer answer);
/* As it came, with what ends it. */
void practice_mail_text(struct practice_session *session, const char *bytes, size_t len);

/* It was taken: the mail goes its ways.  `dotted` says that it came by DATA. */
void practice_mail_take(struct practice_session *session, bool dotted);
/* The transaction is over. */
void practice_mail_forget(struct practice_session *session);

void practice_mail_free(struct practice_mail *mail);

#endif
