/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_LOG_LINE_H
#define MTA_LOG_LINE_H

/*
 * A line of a log in its parts, and what the readers of single servers' logs are.
 * A new one is one file with a struct log_reader, and one row in logs.c.
 */

#include <stdint.h>

#include "base/slice.h"
#include "mta/event.h"
#include "mta/stamp.h"

struct log_line {
	uint64_t instance;       /* a hash of whose queue ids it has: the host's and, before any slash, the tag's */
	struct stamp stamp;
	struct slice host;       /* as syslog has it; empty: none */
	struct slice tag;        /* the program's name, "postfix/smtpd"; empty: none */
	struct slice pid;        /* in brackets behind it; empty: none */
	struct slice text;       /* all that follows */
};

enum log_sense {
	LOG_FOREIGN,            /* not a line of this server */
	LOG_BROKEN,             /* one of its lines that should tell something, and cannot be read */
	LOG_PLAIN,              /* understood, and of no interest */
	LOG_EVENT               /* `event` is filled in */
};

struct log_reader {
	const char *make;       /* as in mta/make.h */
	/* Whether lines with that tag are its own; NULL: there are none with a tag. */
	bool (*owns)(struct slice tag);
	/* `event` need not be empty before, and is written where it is LOG_EVENT.  Lines without a tag are offered to all readers. */
	enum log_sense (*read)(const struct log_line *line, struct event *event);
};

extern const struct log_reader postfix_log_reader;
extern const struct log_reader sendmail_log_reader;
extern const struct log_reader exim_log_reader;
extern const struct log_reader qmail_log_reader;
extern const struct log_reader opensmtpd_log_reader;

/*
 * "<a@b>", with quoted parts as RFC 5321 has them; what stands between the brackets.
 * False: the rest does not begin so, or does not end.
 */
bool log_path(struct slice *rest, struct slice *path);

/* "name[192.0.2.1]" and "name [192.0.2.1]": the last address in brackets of the text, in IPv6 without "IPv6:". Empty: there is none. */
struct slice log_bracketed(struct slice text);

/* Whether the words are those of a server that has no mailbox of that name. */
bool log_tells_unknown_user(struct slice reply);

#endif
