/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PRACTICE_SESSION_H
#define REMOTE_PRACTICE_SESSION_H

/*
 * One client's session with a practice server, as its parts share it:
 * practice_session.c moves bytes and time, practice_command.c answers commands,
 * practice_bend.c spoils the answers.
 *
 * Work is done in turns.  A turn reads what has come, and adds replies to the
 * server's one `out`; how it ends is left in `then` and `sleep`.  Only when it is over are
 * bytes sent, timers set and sessions closed.
 */

#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "remote/practice.h"
#include "remote/practice_hostile.h"
#include "remote/practice_policy.h"

struct event_base;
struct listener;
struct practice_ledger;
struct practice_mail;
struct practice_post;
struct practice_session;
struct stream;
struct tls_context;

enum {
	/* As Postfix's line_length_limit. */
	PRACTICE_LINE = 2048,
	/* Input that came while a reply is held back; a client that sends more has the session closed. */
	PRACTICE_HELD = 64 << 10,
	/* Replies of one turn are sent on when they are more than this. */
	PRACTICE_TURN = 16 << 10
};

struct practice {
	struct event_base *base;                /* borrowed */
	const struct practice_rules *rules;     /* borrowed */
	struct tls_context *tls;
	struct practice_ledger *ledger;         /* NULL when no rule needs one */
	struct practice_post *post;             /* NULL when no rule hands mail on */
	struct practice_session *sessions;
	size_t open;
	struct buf out;                         /* replies of the turn that is being taken */
	struct practice_counts counts;
	struct address address;
	struct listener *listener;
};

enum practice_mode {
	MODE_COMMAND,
	MODE_DATA,
	MODE_CHUNK,             /* octets of BDAT */
	MODE_AUTH,              /* the next line is for AUTH */
	MODE_PROXY,             /* a PROXY header comes first */
	MODE_DEAF,              /* nothing that comes is read */
	MODE_ECHO,
	MODE_ENDING             /* closed as soon as all is sent */
};

enum practice_then {
	NEXT_READ,
	NEXT_CLOSE,
	NEXT_RESET,
	NEXT_SILENCE,
	NEXT_TLS,
	NEXT_FLOOD,
	NEXT_DRIP,
	NEXT_TRICKLE
};

struct practice_session {
	struct practice *practice;
	struct practice_session *next, **link;
	struct stream *stream;                  /* NULL when it is gone */
	struct event timer;
	struct practice_asker asker;
	struct buf held;                        /* input not yet used */
	struct buf pending;                     /* output whose time has not come */
	struct buf late;                        /* a reply that waits for the next one */
	const struct practice_hostile *hostile; /* which is dripping or flooding */
	size_t offset;                          /* of its bytes */
	uint64_t left;                          /* bytes of a flood or chunk */
	uint64_t window;                        /* the last eight bytes of a message */
	uint64_t sender;                        /* hash of the transaction's sender */
	struct practice_mail *mail_kept;        /* NULL when no rule hands mail on */
	long sleep;                             /* milliseconds before this turn's last reply */
	size_t mark;                            /* where in `out` that reply begins */
	unsigned busy;                          /* callbacks on the stack */
	unsigned commands, errors, refusals, nonmail, syntax, unknown, hellos;
	unsigned recipients, outside, bad_recipients;   /* of the transaction */
	unsigned spared;                        /* hostile moments that were let pass */
	unsigned char mode;                     /* enum practice_mode */
	unsigned char then;                     /* enum practice_then */
	unsigned char prompts;                  /* lines that AUTH still asks for */
	bool last_chunk;
	bool greeted;
	bool waiting;                           /* for its time to send `pending` */
	bool early, spoke_early;
	bool blocked;
	bool mail;                              /* a transaction is open */
	bool used_rset, used_helo, used_starttls;       /* once between messages they are free */
	bool skipping;                          /* the rest of a line that is too long */
	bool swallow;                           /* the next reply was given before */
	bool hang_up;                           /* at the next command */
	bool amid;                              /* a message has begun to come */
	bool more;                              /* bytes follow the command that is being answered */
};

/* practice_session.c */
void practice_session_begin(struct practice *practice, int fd, const struct address *client, const struct address *own);
void practice_session_drop(struct practice_session *session);
void practice_session_early(struct practice_session *session);
void practice_session_banner(struct practice_session *session, struct buf *to);

/* What a command is to the limits; a set of bits. */
enum practice_verb {
	VERB_MAIL = 1 << 0,             /* Exim does not count it as a command without mail */
	VERB_LAST = 1 << 1,             /* the last of a group of pipelined commands (RFC 2920 3.1) */
	VERB_ANYWHERE = 1 << 2,         /* allowed where STARTTLS has to come first */
	VERB_RCPT = 1 << 3,
	VERB_UNKNOWN = 1 << 4
};

/* practice_command.c: adds the reply, and sets how the turn goes on. */
void practice_command(struct practice_session *session, const char *line, size_t len);
void practice_auth_line(struct practice_session *session, const char *line, size_t len);
void practice_message_end(struct practice_session *session);

/* practice_say.c: adds a reply in the rules' words; in a text of one's own, the names are filled in and CR LF stands for LF. */
void practice_say(struct practice_session *session, enum practice_text text, const char *address, size_t len);

void practice_say_text(struct practice_session *session, const char *text, const char *address, size_t len);

/* What stands for {name} in a text; a row without a name ends them. */
struct practice_word {
	const char *name;
	const char *text;
};

/* Adds the text with the words filled in, and CR LF for each LF. */
void practice_fill(struct buf *to, const char *text, const struct practice_word *words);

/* The number of the message that is being taken, as replies and Received lines give it. */
void practice_message_id(const struct practice_session *session, char id[24]);

/* Takes back what was said since. */
void practice_unsay(struct practice_session *session, size_t mark);

/* Says why a limit ends the session, and ends it. */
void practice_cut_off(struct practice_session *session, enum practice_text text);

/* practice_limit.c: counts the command whose reply begins at `mark`, and does what its limits say. */
void practice_account(struct practice_session *session, unsigned verb, enum practice_stage stage, size_t mark);

/* practice_bend.c: the reply that begins at `mark`, spoiled where the rules say so. */
void practice_bend(struct practice_session *session, enum practice_stage stage, size_t mark);
/* The next bytes of what NEXT_FLOOD, NEXT_DRIP or NEXT_TRICKLE began. */
void practice_flood(struct practice_session *session);
void practice_drip(struct practice_session *session);

/* practice_session.c, for what is sent in pieces: when the next is due, and how the session goes on after the last. */
void practice_session_wait(struct practice_session *session, long milliseconds);
void practice_session_put(struct practice_session *session, const char *bytes, size_t len);
void practice_session_follow(struct practice_session *session);

#endif
