/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_SETTLE_H
#define AUDIT_SETTLE_H

/*
 * What a reply means to an attempt: it is written into the attempt, and what is
 * to be done next is returned.  Pure but for the pool that texts go to.
 */

#include <stdbool.h>

#include "smtp/reason.h"

struct attempt;
struct pool;
struct reply;
struct step;

enum next {
	NEXT_GO_ON,             /* an expected reply on the way: the next step */
	NEXT_SETTLED,           /* the attempt has its outcome */
	NEXT_SURE,              /* accepted: to be tried again alone */
	NEXT_LATER,             /* a passing refusal: to be asked again after a pause */
	NEXT_SENDER,            /* the sender was refused, the recipient not tested: another sender */
	NEXT_TLS,               /* the server wants TLS first */
	NEXT_AGAIN              /* 421: no answer, to be asked in another session */
};

/* What may still be done for the attempt. */
struct settle_chances {
	bool later;             /* it was not yet asked again after a pause */
	bool sender;            /* there is another sender to try */
	bool tls;               /* the session was in plaintext, and STARTTLS is offered */
	bool message;           /* a test message stands ready behind the go-ahead */
};

enum next settle_reply(struct attempt *attempt, const struct step *step, const struct reply *reply,
		       const struct settle_chances *chances, struct pool *pool);

/* The replies of the second pass, alone.  `step` is NULL for the DATA behind it. */
enum next settle_alone(struct attempt *attempt, const struct step *step, const struct reply *reply,
		       const struct settle_chances *chances, struct pool *pool);

/* The reply to the end of a test message that was sent for an accepted attempt. */
enum next settle_message(struct attempt *attempt, const struct reply *reply, const struct settle_chances *chances, struct pool *pool);

/* The attempt ends without an answer. */
void settle_unanswered(struct attempt *attempt, enum reason reason, const char *note);

#endif
