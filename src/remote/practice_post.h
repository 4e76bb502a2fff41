/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PRACTICE_POST_H
#define REMOTE_PRACTICE_POST_H

/*
 * A practice server's way out: a queue of letters, each with one recipient, that are
 * handed by SMTP to loopback addresses and to nobody else.  Each is tried once.  The queue is
 * bounded, and so are the connections; what does not fit is counted as undelivered.
 */

#include <stddef.h>

struct address;
struct event_base;
struct practice_counts;
struct practice_post;

/* The base, the name for EHLO, and the counts (delivered, undelivered) are borrowed. */
struct practice_post *practice_post_new(struct event_base *base, const char *name, struct practice_counts *counts);
/* Letters that are still here are dropped, and connections cut. */
void practice_post_free(struct practice_post *post);

/*
 * Sends it after so many milliseconds.  The text's lines end in CR LF, and have no dots added; everything is
 * copied.  An address that is no loopback address, or a path with a control in it, makes it undelivered.
 */
void practice_post_send(struct practice_post *post, const struct address *to, const char *sender, const char *recipient,
			const char *text, size_t len, long delay);

#endif
