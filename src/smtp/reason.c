/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reason.c - why a reply refuses
 *
 * RFC 5321 4.2 and RFC 3463 give codes; servers give them freely, so that the
 * words decide first, then enhanced codes, then codes.  The words are those of
 * servers in English as shipped; what an operator wrote himself ends as
 * REASON_OTHER or REASON_TEMPORARY, which are never taken for a refusal to relay.
 *
 * Servers echo what we said.  Before any word is looked for, the text is copied
 * without what may be an echo: paths in angle brackets, words with an at sign,
 * names of hosts.  So an address such as <"relaying denied"@greylist.test>, or
 * the name of a server, decides nothing.
 *
 * The rows are tried in their order and the first that fits wins; where two
 * reasons are in one text, the comment above the rows says why which is first.
 */
#include "smtp/reason.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "smtp/reply.h"

enum {
	/* Of the words that remain; the longest refusals seen have some 700 bytes. */
	PLAIN_MOST = 2048
};

#define AT(stage) (1u << (stage))
#define AT_GREETING (AT(STAGE_CONNECT) | AT(STAGE_GREETING))
#define AT_RECIPIENT (AT(STAGE_RCPT) | AT(STAGE_DATA) | AT(STAGE_OTHER))
#define AT_ENVELOPE (AT(STAGE_MAIL) | AT_RECIPIENT)
#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

struct reason_row {
	enum reason reason;
	int code;                       /* 4 or 5 for a class, else exact; 0: any */
	int subject, detail;            /* of the enhanced code; 0: any */
	unsigned stages;                /* 0: all */
	const char *beside;             /* must be there, too */
	const char *const *words;       /* one of these, in lower case; NULL: whatever the text */
};

/*
 * The copy of the text begins and ends with a blank and has single blanks, so
 * that " spf " is a word.
 */
static const struct reason_row rows[] = {
	/* Broken, not refusing: a lookup that fails says nothing of what the server would do. */
	{
		.reason = REASON_TEMPORARY, .code = 4,
		.words = WORDS("temporary lookup failure", "server configuration error", "temporary local problem",
			       "tls not available", "temporary authentication failure", "could not complete"),
	},
	/* These quote what another server said of the address, be it "Relaying denied". */
	{
		.reason = REASON_SENDER_REFUSED, .stages = AT_ENVELOPE,
		.words = WORDS("sender verify", "sender address rejected: undeliverable"),
	},
	{
		.reason = REASON_UNKNOWN_USER, .stages = AT_RECIPIENT,
		.words = WORDS("recipient address rejected: undeliverable"),
	},
	/* 530 is two things; this one is asked again inside TLS. */
	{ .reason = REASON_TLS_REQUIRED, .code = 530, .words = WORDS("starttls", " tls ", "encryption") },

	/* 4yz as well: Postfix's "454 4.7.1 Relay access denied" is its last word.  Before all that names the client, for
	 * sendmail adds "IP name lookup failed", "Proper authentication required" and more to it. */
	{
		.reason = REASON_RELAYING_DENIED, .stages = AT_ENVELOPE,
		.words = WORDS("relay access denied", "relaying denied", "relay denied", "relaying temporarily denied",
			       "relay not permitted", "relaying not permitted", "relaying is not permitted",
			       "not permitted to relay", "relay not allowed", "relaying not allowed", "relay is not allowed",
			       "relaying is not allowed", "not allowed to relay", "relay not authorized",
			       "relaying to denied", "relaying to prohibited", "do not relay", "don't relay",
			       "does not relay", "doesn't relay", "no relaying", "not an open relay", "relay rejected",
			       "relaying prohibited", "relaying disallowed", "relaying not supported", "unauthorized relay",
			       "not configured to relay", "insecure mail relay", "denies relay", "credentials for relay",
			       "non-accepted domain", "tenantattribution"),
	},
	/* Of a 4yz these may tell of a next server that does not answer. */
	{
		.reason = REASON_RELAYING_DENIED, .code = 5, .stages = AT_ENVELOPE,
		.words = WORDS("unable to relay", "cannot relay", "can't relay"),
	},
	/* The same without the word: qmail, hMailServer, Haraka, maddy and RFC 5321's 551, IMail, hosters. */
	{
		.reason = REASON_RELAYING_DENIED, .stages = AT(STAGE_RCPT) | AT(STAGE_DATA),
		.words = WORDS("allowed rcpthosts", "delivery is not allowed to this address", "cannot deliver mail for",
			       "user not local", "not local host", "not a gateway", "don't handle mail for",
			       "do not accept mail for", "don't accept mail for", "no such domain at this", "not hosted here"),
	},

	/* Counted before the client is named, for "too many connections from your IP" passes. */
	{ .reason = REASON_OTHER, .code = 5, .words = WORDS("too many hops") },
	{
		.reason = REASON_RATE_LIMITED,
		.words = WORDS("too many", "too much mail", "too fast", "too quickly", "too frequent", "rate limit",
			       "ratelimit", "rate exceeded", "unusual rate", "unexpected volume", "connection limit",
			       "sending limit", "maximum number of", "concurrent connections", "throttl"),
	},

	/* Before the client: "Helo domain is listed".  "Send HELO first" is not among them. */
	{
		.reason = REASON_HELLO_REFUSED,
		.words = WORDS("helo command rejected", "ehlo command rejected", "invalid helo", "invalid ehlo", "bad helo",
			       "bad ehlo", "helo name", "ehlo name", "helo domain", "ehlo domain", "helo argument",
			       "ehlo argument", "forged helo", "helo rejected", "helo invalid", "ehlo invalid"),
	},

	/* Domino's directory is not a blocklist. */
	{ .reason = REASON_UNKNOWN_USER, .stages = AT(STAGE_RCPT), .words = WORDS("not listed in domino", "not listed in public") },
	/* Postfix answers so to each command of a client that it refused at the greeting. */
	{ .reason = REASON_CLIENT_BLOCKED, .code = 503, .words = WORDS("access denied for") },
	/* postscreen and sendmail, to those who spoke before the greeting. */
	{ .reason = REASON_CLIENT_BLOCKED, .code = 550, .words = WORDS("protocol error") },
	{ .reason = REASON_CLIENT_BLOCKED, .code = 521, .words = WORDS("protocol error") },
	{
		.reason = REASON_CLIENT_BLOCKED,
		.words = WORDS("client host rejected", "cannot find your hostname", "cannot find your reverse", "blocked using",
			       "blocked by", "blocked - see", "blacklist", "blocklist", "black list", "block list", "black ip",
			       "dnsbl", " rbl", "listed in", "listed at", "listed by", "listed on", "is listed", "spamhaus",
			       "spamcop", "reputation", "banned", "reverse dns", " rdns", "ptr record", "dns ptr",
			       "ip name lookup failed", "ip name possibly forged", "dynamic ip", "dialup", "dial-up",
			       "from your ip", "from this ip", "your ip address", "ip not in whitelist",
			       "not allowed to connect", "not accepting connections", "pre-greeting traffic", "spammer",
			       "no smtp service"),
	},

	/* Before unknown domains and users: Exim puts "Unrouteable address" into a sender's refusal. */
	{ .reason = REASON_SENDER_REFUSED, .code = 517, .stages = AT(STAGE_MAIL) },     /* Courier */
	{
		.reason = REASON_SENDER_REFUSED, .stages = AT_ENVELOPE,
		.words = WORDS("sender address rejected", "sender verification", "sender rejected",
			       "sender denied", "sender refused", "invalid sender", "sender is invalid", "sender unknown",
			       "unknown sender", "domain of sender address", "required for sender address",
			       "sender address must contain", "sender domain", "badmailfrom", "denies the sender",
			       "send as this sender", "envelope sender", "null sender", "return path", "sender policy",
			       " spf", "dmarc", "dkim"),
	},

	/* After relaying, before users: what a login would change. */
	{
		.reason = REASON_AUTH_REQUIRED,
		.words = WORDS("authentication required", "authentication is required", "requires authentication",
			       "require authentication", "must authenticate", "must be authenticated", "not authenticated",
			       "please authenticate", "authenticate first", "need to authenticate", "issue an auth",
			       "smtp authentication", "smtp auth ", "log in first", "login first"),
	},
	{
		.reason = REASON_TLS_REQUIRED,
		.words = WORDS("issue a starttls", "starttls first", "starttls required", "starttls is required", "tls required",
			       "tls is required", "requires tls", "must use tls", "encryption required",
			       "encryption is required", "encryption needed", "requires encryption"),
	},

	/* Out of turn, whatever the code: Postfix says 554 after refused recipients, OpenSMTPD 500. */
	{
		.reason = REASON_BAD_SEQUENCE, .code = 5,
		.words = WORDS("no valid recipients", "pipelining", "synchronization error", "protocol error", "helo first",
			       "ehlo first", "mail first", "rcpt first", "not allowed at this point"),
	},

	/* One sentence for an unknown local user and for a refusal to relay: OpenSMTPD, IronPort, Exim without words of its
	 * own, Exchange Online.  Asked about a stranger it is the latter; the controls separate the two. */
	{ .reason = REASON_UNKNOWN_USER, .subject = 1, .detail = 1, .words = WORDS("invalid recipient") },
	{
		.reason = REASON_RELAYING_DENIED, .code = 550, .stages = AT(STAGE_RCPT),
		.words = WORDS("invalid recipient", "#5.1.0 address rejected", "administrative prohibition"),
	},
	{
		.reason = REASON_RELAYING_DENIED, .code = 550, .subject = 4, .detail = 1, .stages = AT(STAGE_RCPT),
		.words = WORDS("recipient address rejected: access denied"),
	},

	/* Before domains: "550 5.1.2 Mailbox does not exist" (Stalwart), "550 5.1.10 Recipient not found" (Exchange). */
	{
		.reason = REASON_UNKNOWN_USER, .stages = AT_RECIPIENT,
		.words = WORDS("user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox",
			       "no such address", "unknown recipient", "recipient unknown", "unknown address",
			       "address is unknown", "address unknown", "no mailbox here", "mailbox not found",
			       "mailbox does not exist", "mailbox doesn't exist", "user not found", "user does not exist",
			       "user doesn't exist", "recipient not found", "recipient does not exist", "not in route list",
			       "not a valid mailbox", "unrouteable address", "unroutable address", "no account",
			       "account that you tried to reach", "(#5.1.1)"),
	},
	{
		.reason = REASON_UNKNOWN_DOMAIN, .stages = AT_RECIPIENT,
		.words = WORDS("domain not found", "host not found", "host unknown", "unknown host", "unknown domain",
			       "no such domain", "domain does not exist", "domain doesn't exist", "nullmx", "null mx",
			       "malformed dns server reply"),
	},
	/* RFC 5321's own words for 550, which its 450 shares. */
	{ .reason = REASON_UNKNOWN_USER, .code = 5, .stages = AT(STAGE_RCPT), .words = WORDS("mailbox unavailable") },

	/* Before syntax: "500 Syntax error, command unrecognized". */
	{
		.reason = REASON_UNSUPPORTED, .code = 5,
		.words = WORDS("command unrecognized", "unrecognized command", "not recognized", "unknown command",
			       "not implemented", "unimplemented", "not supported", "unsupported", "parameter unrecognized",
			       "unrecognized parameter"),
	},
	{
		.reason = REASON_SYNTAX, .code = 5,
		.words = WORDS("syntax", "malformed", "unbalanced", "restricted characters", "domain literals not allowed",
			       "must contain a domain", "invalid route address", "illegal character"),
	},

	/* postscreen's deep tests end a first session so, whatever it asks: the next one is let through, as by a greylist. */
	{ .reason = REASON_GREYLISTED, .code = 450, .subject = 3, .detail = 2, .words = WORDS("service currently unavailable") },
	{
		.reason = REASON_GREYLISTED, .code = 4,
		.words = WORDS("greylist", "graylist", "grey list", "gray list", "grey-list", "gray-list", "postgrey"),
	},
	/* A deferral by policy, in words of the operator's. */
	{ .reason = REASON_GREYLISTED, .code = 4, .subject = 7, .detail = 1, .stages = AT_ENVELOPE },
	{ .reason = REASON_GREYLISTED, .code = 450, .subject = 2, .stages = AT_ENVELOPE },

	/* Relaying in other words.  Not of a 4yz, for the reason above, nor of a message, which a relay may find wanting. */
	{
		.reason = REASON_RELAYING_DENIED, .code = 5, .stages = AT(STAGE_RCPT), .beside = " relay",
		.words = WORDS("denied", "not permitted", "not allowed", "prohibited", "forbidden", "disallowed",
			       "not authorized", "unauthorized", "disabled"),
	},

	/* Enhanced codes: RFC 3463, RFC 7372, RFC 7505, and Exchange's own. */
	{ .reason = REASON_RELAYING_DENIED, .code = 5, .subject = 7, .detail = 54 },
	{ .reason = REASON_RELAYING_DENIED, .code = 5, .subject = 7, .detail = 64 },
	{ .reason = REASON_AUTH_REQUIRED, .code = 5, .subject = 7, .detail = 57 },
	{ .reason = REASON_AUTH_REQUIRED, .code = 5, .subject = 7, .detail = 8 },
	{ .reason = REASON_TLS_REQUIRED, .code = 5, .subject = 7, .detail = 10 },
	{ .reason = REASON_TLS_REQUIRED, .code = 5, .subject = 7, .detail = 11 },
	{ .reason = REASON_CLIENT_BLOCKED, .subject = 7, .detail = 25 },
	{ .reason = REASON_SENDER_REFUSED, .subject = 1, .detail = 8 },
	{ .reason = REASON_SENDER_REFUSED, .subject = 7, .detail = 23 },
	{ .reason = REASON_SENDER_REFUSED, .subject = 7, .detail = 26 },
	{ .reason = REASON_SENDER_REFUSED, .subject = 7, .detail = 27 },
	{ .reason = REASON_UNKNOWN_USER, .code = 5, .subject = 1, .detail = 1, .stages = AT_RECIPIENT },
	{ .reason = REASON_UNKNOWN_DOMAIN, .code = 5, .subject = 1, .detail = 2, .stages = AT_RECIPIENT },
	{ .reason = REASON_UNKNOWN_DOMAIN, .code = 5, .subject = 1, .detail = 10, .stages = AT_RECIPIENT },
	{ .reason = REASON_SYNTAX, .code = 5, .subject = 1, .detail = 3 },
	{ .reason = REASON_SYNTAX, .code = 5, .subject = 1, .detail = 7 },
	{ .reason = REASON_UNSUPPORTED, .code = 5, .subject = 6, .detail = 7 },
	{ .reason = REASON_RATE_LIMITED, .subject = 5, .detail = 3 },

	/* Codes. */
	{ .reason = REASON_UNSUPPORTED, .code = 500 },
	{ .reason = REASON_HELLO_REFUSED, .code = 501, .stages = AT(STAGE_HELLO) },
	{ .reason = REASON_SYNTAX, .code = 501 },
	{ .reason = REASON_UNSUPPORTED, .code = 502 },
	{ .reason = REASON_BAD_SEQUENCE, .code = 503 },
	{ .reason = REASON_UNSUPPORTED, .code = 504 },
	{ .reason = REASON_UNSUPPORTED, .code = 555 },
	{ .reason = REASON_AUTH_REQUIRED, .code = 530 },
	{ .reason = REASON_AUTH_REQUIRED, .code = 535 },        /* to a login that failed */
	{ .reason = REASON_TLS_REQUIRED, .code = 538 },
	{ .reason = REASON_RELAYING_DENIED, .code = 551, .stages = AT(STAGE_RCPT) },
	{ .reason = REASON_UNKNOWN_DOMAIN, .code = 512, .stages = AT(STAGE_RCPT) },
	{ .reason = REASON_UNKNOWN_DOMAIN, .code = 556, .stages = AT(STAGE_RCPT) },

	/* At the greeting nothing but the client is known, unless the server says that it is not well. */
	{
		.reason = REASON_TEMPORARY, .code = 4, .stages = AT_GREETING,
		.words = WORDS("busy", "not available", "unavailable", "try again", "later", "resources", "load",
			       "shutting down", "timeout", "timed out", "temporar"),
	},
	{ .reason = REASON_CLIENT_BLOCKED, .stages = AT_GREETING },
	{ .reason = REASON_HELLO_REFUSED, .code = 5, .stages = AT(STAGE_HELLO) },
	{ .reason = REASON_TEMPORARY, .code = 4 },
	{ .reason = REASON_OTHER },
};

static const struct {
	const char *name;
	const char *phrase;
	bool passing;
} reasons[] = {
	[REASON_NONE] = { "none", "the server does not refuse", false },
	[REASON_RELAYING_DENIED] = { "relaying-denied", "the server refuses to relay", false },
	[REASON_AUTH_REQUIRED] = { "auth-required", "the server asks for a login first", false },
	[REASON_TLS_REQUIRED] = { "tls-required", "the server asks for TLS first", false },
	[REASON_UNKNOWN_USER] = { "unknown-user", "the server takes the address for its own and knows no such user", false },
	[REASON_UNKNOWN_DOMAIN] = { "unknown-domain", "the recipient's domain does not resolve or takes no mail", false },
	[REASON_SENDER_REFUSED] = { "sender-refused", "the server refuses the sender's address", false },
	[REASON_HELLO_REFUSED] = { "hello-refused", "the server refuses the name given in EHLO or HELO", false },
	[REASON_CLIENT_BLOCKED] = { "client-blocked", "the server refuses the client's address, name or reputation", false },
	[REASON_SYNTAX] = { "syntax", "the server takes the command for malformed", false },
	[REASON_BAD_SEQUENCE] = { "bad-sequence", "the server takes the command to be out of turn", false },
	[REASON_UNSUPPORTED] = { "unsupported", "the server does not know the command or parameter", false },
	[REASON_GREYLISTED] = { "greylisted", "the server defers whom it does not know yet", true },
	[REASON_RATE_LIMITED] = { "rate-limited", "the server counts too many connections, commands or errors", true },
	[REASON_TEMPORARY] = { "temporary", "the server is broken or busy for the time being", true },
	[REASON_OTHER] = { "other", "the server refuses in words that are not known here", false },
	[REASON_RIGHT_ANSWER] = { "right-answer", "the server answers as it should", false },
	[REASON_CONNECTION_REFUSED] = { "connection-refused", "the connection was refused", false },
	[REASON_CONNECTION_LOST] = { "connection-lost", "the connection was lost", false },
	[REASON_TIMEOUT] = { "timeout", "no reply came in time", false },
	[REASON_NO_BANNER] = { "no-banner", "the connection stands, but the server never greeted", false },
	[REASON_TLS_FAILED] = { "tls-failed", "TLS could not be agreed on", false },
	[REASON_MALFORMED_REPLY] = { "malformed-reply", "what came back is no SMTP reply", false },
	[REASON_NOT_APPLICABLE] = { "not-applicable", "what the probe needs is not there", false },
	[REASON_NOT_ASKED] = { "not-asked", "time or budget ended before it was asked", false },
};
_Static_assert(sizeof reasons / sizeof *reasons == REASONS, "each reason has a name");

static const char *const stages[] = {
	[STAGE_CONNECT] = "connect",
	[STAGE_GREETING] = "greeting",
	[STAGE_HELLO] = "hello",
	[STAGE_STARTTLS] = "starttls",
	[STAGE_MAIL] = "mail",
	[STAGE_RCPT] = "rcpt",
	[STAGE_DATA] = "data",
	[STAGE_MESSAGE] = "message",
	[STAGE_OTHER] = "other",
};
_Static_assert(sizeof stages / sizeof *stages == STAGES, "each stage has a name");

static const struct {
	const char *verb;
	enum stage stage;
} verbs[] = {
	{ "MAIL", STAGE_MAIL },
	{ "RCPT", STAGE_RCPT },
	{ "DATA", STAGE_DATA },
	{ "BDAT", STAGE_DATA },
	{ "EHLO", STAGE_HELLO },
	{ "HELO", STAGE_HELLO },
	{ "LHLO", STAGE_HELLO },
	{ "STARTTLS", STAGE_STARTTLS },
};

/* A line of a reply, read from `at` on.  What did not end once is not tried again, so that reading stays linear. */
struct reason_line {
	const char *at, *end;
	bool no_quotes, no_paths;
};

static bool is_blank(char byte)
{
	return (unsigned char)byte <= ' ' || byte == 127;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Past the "quoted string" that begins at `from`; NULL when it does not end on its line. */
static const char *quoted_end(struct reason_line *line, const char *from)
{
	if (line->no_quotes)
		return NULL;
	for (const char *at = from + 1; at < line->end; at++) {
		if (*at == '"')
			return at + 1;
		if (*at == '\\')
			at++;
	}
	line->no_quotes = true;
	return NULL;
}

/* Past the word that begins at `from`, the quoted local part of an address being one. */
static const char *word_end(struct reason_line *line, const char *from)
{
	const char *at = from;

	while (at < line->end && !is_blank(*at) && (at == from || *at != '<')) {
		const char *quoted = *at == '"' ? quoted_end(line, at) : NULL;

		at = quoted != NULL && quoted < line->end && *quoted == '@' ? quoted : at + 1;
	}
	return at;
}

/* Past the "<path>" that begins at `from`: the brackets may be nested, and quoted ones count for nothing. */
static const char *path_end(struct reason_line *line, const char *from)
{
	unsigned depth = 0;

	for (const char *at = from; at < line->end && !line->no_paths;) {
		const char *quoted = *at == '"' ? quoted_end(line, at) : NULL;

		if (*at == '>' && --depth == 0)
			return at + 1;
		depth += *at == '<';
		at = quoted != NULL ? quoted : at + 1;
	}
	const char *end = memchr(from, '>', (size_t)(line->end - from));

	line->no_paths = true;
	return end != NULL ? end + 1 : word_end(line, from);
}

/* An address, a host's name, or a number (an address of IPv4, an enhanced code). */
static bool is_echo(const char *word, const char *end)
{
	bool number = true;

	for (const char *at = word; at < end; at++) {
		if (*at == '@')
			return true;
		if (*at == '.' && at > word && at + 1 < end && is_letter(at[1]) && (is_letter(at[-1]) || is_digit(at[-1])))
			return true;
		number = number && (is_digit(*at) || *at == '.');
	}
	return number;
}

static size_t add_word(char plain[PLAIN_MOST], size_t len, const char *word, const char *end)
{
	if (len + (size_t)(end - word) + 2 > PLAIN_MOST)
		return len;
	for (; word < end; word++)
		plain[len++] = *word >= 'A' && *word <= 'Z' ? (char)(*word - 'A' + 'a') : *word;
	plain[len++] = ' ';
	return len;
}

/* The reply's own words in lower case, each followed by a blank; a blank comes first, a NUL last. */
static void plain_words(const struct reply *reply, char plain[PLAIN_MOST])
{
	const char *last = reply->text + reply->len;
	size_t len = 0;

	plain[len++] = ' ';
	for (const char *start = reply->text; start < last;) {
		const char *end = memchr(start, '\n', (size_t)(last - start));
		struct reason_line line = { .at = start, .end = end ? end : last };

		while (line.at < line.end) {
			const char *from = line.at;

			if (is_blank(*from)) {
				line.at++;
			} else if (*from == '<') {
				line.at = path_end(&line, from);
			} else {
				line.at = word_end(&line, from);
				if (!is_echo(from, line.at))
					len = add_word(plain, len, from, line.at);
			}
		}
		start = line.end + 1;
	}
	plain[len] = '\0';
}

static bool has_word(const char *plain, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strstr(plain, *words) != NULL)
			return true;
	return false;
}

static bool row_fits(const struct reason_row *row, const struct reply *reply, enum stage stage, const char *plain)
{
	if (row->code != 0 && row->code != reply->code && row->code != reply->code / 100)
		return false;
	if (row->stages != 0 && (row->stages & AT(stage)) == 0)
		return false;
	if (row->subject != 0 && (reply->status[0] == 0 || row->subject != reply->status[1]))
		return false;
	if (row->detail != 0 && row->detail != reply->status[2])
		return false;
	if (row->beside != NULL && strstr(plain, row->beside) == NULL)
		return false;
	return row->words == NULL || has_word(plain, row->words);
}

enum reason reason_of(const struct reply *reply, enum stage stage)
{
	char plain[PLAIN_MOST];
	enum reply_class class = reply_class(reply);

	if (class == REPLY_ACCEPTED || class == REPLY_MORE)
		return REASON_NONE;
	plain_words(reply, plain);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (row_fits(&rows[i], reply, stage, plain))
			return rows[i].reason;
	BUG("the last row fits every reply");
}

enum stage stage_of(const char *line)
{
	line += strspn(line, " \t");
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		size_t len = strlen(verbs[i].verb);

		if (strncasecmp(line, verbs[i].verb, len) == 0 && !is_letter(line[len]) && !is_digit(line[len]))
			return verbs[i].stage;
	}
	return STAGE_OTHER;
}

const char *reason_name(enum reason reason)
{
	return reasons[reason].name;
}

const char *stage_name(enum stage stage)
{
	return stages[stage];
}

const char *reason_phrase(enum reason reason)
{
	return reasons[reason].phrase;
}

bool reason_is_passing(enum reason reason)
{
	return reasons[reason].passing;
}
