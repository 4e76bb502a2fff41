/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reason.c - real servers' refusals, and echoes that must not decide
 *
 * Every row goes through the reply reader, as on the wire.
 */
#include "smtp/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "smtp/reply.h"

struct row {
	const char *name;
	const char *raw;        /* without the last line's end */
	size_t len;             /* of a row with a NUL in it; else 0 */
};

struct group {
	enum stage stage;
	enum reason reason;
	const struct row *rows; /* a row without a name ends them */
};

#define ROWS(...) (const struct row[]){ __VA_ARGS__, { .name = NULL } }

static const struct group servers[] = {
	{ STAGE_RCPT, REASON_RELAYING_DENIED, ROWS(
		{ .name = "Postfix, defer_unauth_destination", .raw = "454 4.7.1 <v@outside.test>: Relay access denied" },
		{ .name = "Postfix, reject_unauth_destination", .raw = "554 5.7.1 <v@outside.test>: Relay access denied" },
		{ .name = "Postfix, mangled recipient", .raw = "554 5.7.1 <\"v@outside.test\"@host.test>: Relay access denied" },
		{ .name = "Exim", .raw = "550 relay not permitted" },
		{ .name = "Exim, older", .raw = "550 Administrative prohibition" },
		{ .name = "Exim under cPanel", .raw =
		  "550-(client.test) [192.0.2.7]:4711 is not permitted to relay\n" "550-through this server without\n"
		  "550 authentication." },
		{ .name = "sendmail", .raw = "550 5.7.1 <v@outside.test>... Relaying denied" },
		{ .name = "sendmail, no PTR", .raw =
		  "550 5.7.1 <v@outside.test>... Relaying denied. IP name lookup failed [192.0.2.7]" },
		{ .name = "sendmail, AUTH offered", .raw =
		  "550 5.7.1 <v@outside.test>... Relaying denied. Proper authentication required." },
		{ .name = "sendmail, PTR not to be had", .raw =
		  "450 4.7.1 <v@outside.test>... Relaying temporarily denied. Cannot resolve PTR record for 192.0.2.7" },
		{ .name = "sendmail 8.8, no enhanced code", .raw = "550 v@outside.test... Relaying denied" },
		{ .name = "qmail", .raw = "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)" },
		{ .name = "OpenSMTPD", .raw = "550 Invalid recipient: <v@outside.test>" },
		{ .name = "Courier", .raw = "513 Relaying denied." },
		{ .name = "Haraka", .raw = "550 I cannot deliver mail for <v@outside.test>" },
		{ .name = "Haraka, older", .raw = "450 I cannot deliver mail for <v@outside.test>" },
		{ .name = "chasquid", .raw = "503 5.7.1 Relay not allowed" },
		{ .name = "Exchange", .raw = "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain" },
		{ .name = "Exchange, older", .raw = "550 5.7.1 Unable to relay" },
		{ .name = "Exchange Online, connectors", .raw =
		  "550 5.7.64 TenantAttribution; Relay Access Denied [VE1EUR01FT048.eop-EUR01.prod.protection.outlook.com]" },
		{ .name = "Exchange Online, strangers", .raw =
		  "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) "
		  "[DB5EUR01FT009.eop-EUR01.prod.protection.outlook.com]" },
		{ .name = "Gmail's relay", .raw =
		  "550-5.7.1 Invalid credentials for relay [192.0.2.7]. The IP address you've\n"
		  "550-5.7.1 registered in your Workspace SMTP Relay service doesn't match\n"
		  "550 5.7.1 https://support.google.com/a/answer/6140680 - gsmtp" },
		{ .name = "Domino", .raw = "554 Relay rejected for policy reasons." },
		{ .name = "MDaemon, Mercury", .raw = "550 5.7.1 We do not relay non-local mail, sorry." },
		{ .name = "hMailServer", .raw = "550 Delivery is not allowed to this address." },
		{ .name = "Kerio", .raw = "550 5.7.1 Relaying to <v@outside.test> denied (authentication required)" },
		{ .name = "IceWarp", .raw = "550 5.7.1 relaying to <v@outside.test> prohibited by administrator" },
		{ .name = "CommuniGate", .raw = "571 v@outside.test we do not relay" },
		{ .name = "IMail", .raw = "550 not local host outside.test, not a gateway" },
		{ .name = "James", .raw = "554 5.7.1 Requested action not taken: relaying denied" },
		{ .name = "Stalwart", .raw = "550 5.1.2 Relay not allowed." },
		{ .name = "maddy", .raw = "550 5.1.1 User not local" },
		{ .name = "Cisco IronPort", .raw = "550 #5.1.0 Address rejected." },
		{ .name = "RFC 5321", .raw = "551 User not local; please try <v@elsewhere.test>" },
		{ .name = "a hoster", .raw = "550 No such domain at this location (v@outside.test)" },
		{ .name = "words that are not listed", .raw = "554 5.7.1 Mail relay for this address is forbidden" },
		{ .name = "a word across two lines", .raw = "554-5.7.1 Relay access\n554 5.7.1 denied" }
	) },
	{ STAGE_OTHER, REASON_RELAYING_DENIED, ROWS(
		{ .name = "Postfix, VRFY", .raw = "454 4.7.1 <v@outside.test>: Relay access denied" }
	) },
	{ STAGE_DATA, REASON_RELAYING_DENIED, ROWS(
		{ .name = "a server that waits for DATA", .raw = "550 5.7.1 Relaying denied" }
	) },
	{ STAGE_RCPT, REASON_AUTH_REQUIRED, ROWS(
		{ .name = "Postfix, submission", .raw = "530 5.7.0 Authentication required" },
		{ .name = "Exchange", .raw =
		  "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM" },
		{ .name = "hMailServer", .raw = "530 SMTP authentication is required." },
		{ .name = "MailEnable", .raw =
		  "503 This mail server requires authentication when attempting to send to a non-local e-mail address." },
		{ .name = "SmarterMail", .raw = "550 Authentication is required for relay" },
		{ .name = "OpenSMTPD", .raw = "530 5.5.1 Invalid command: Must issue an AUTH command first" },
		{ .name = "Courier", .raw = "535 Authentication required." }
	) },
	{ STAGE_MAIL, REASON_AUTH_REQUIRED, ROWS(
		{ .name = "chasquid, submission", .raw = "550 5.7.9 Mail to submission port must be authenticated" },
		{ .name = "no words", .raw = "530 5.7.0 no" }
	) },
	{ STAGE_OTHER, REASON_AUTH_REQUIRED, ROWS(
		{ .name = "a login that failed", .raw = "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6" }
	) },
	{ STAGE_MAIL, REASON_TLS_REQUIRED, ROWS(
		{ .name = "Postfix", .raw = "530 5.7.0 Must issue a STARTTLS command first" },
		{ .name = "Exim, an operator's words", .raw = "550 5.7.1 encryption required, use TLS" }
	) },
	{ STAGE_RCPT, REASON_TLS_REQUIRED, ROWS(
		{ .name = "Gmail", .raw = "421 4.7.0 TLS required for RCPT domain, closing connection. x - gsmtp" }
	) },
	{ STAGE_RCPT, REASON_UNKNOWN_USER, ROWS(
		{ .name = "Postfix", .raw =
		  "550 5.1.1 <u@host.test>: Recipient address rejected: User unknown in local recipient table" },
		{ .name = "Postfix, softened", .raw =
		  "450 4.1.1 <u@host.test>: Recipient address rejected: User unknown in relay recipient table" },
		{ .name = "Exim", .raw = "550 Unknown user" },
		{ .name = "Exim, verify", .raw = "550 Unrouteable address" },
		{ .name = "sendmail", .raw = "550 5.1.1 <u@host.test>... User unknown" },
		{ .name = "qmail with a patch", .raw = "550 sorry, no mailbox here by that name (#5.1.1)" },
		{ .name = "Courier", .raw = "550 User <u@host.test> unknown." },
		{ .name = "chasquid", .raw = "550 5.1.1 Destination address is unknown (user does not exist)" },
		{ .name = "Stalwart", .raw = "550 5.1.2 Mailbox does not exist." },
		{ .name = "Exchange", .raw =
		  "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup" },
		{ .name = "Domino", .raw = "550 u@host.test... No such user" },
		{ .name = "Domino's directory", .raw = "554 User u (u@host.test) not listed in Domino Directory" },
		{ .name = "Postfix, quoting another server", .raw =
		  "550 5.1.1 <u@host.test>: Recipient address rejected: undeliverable address: 550 Relaying denied" },
		{ .name = "hMailServer's routes", .raw = "550 Recipient not in route list." },
		{ .name = "Gmail", .raw =
		  "550-5.1.1 The email account that you tried to reach does not exist. Please try\n"
		  "550 5.1.1 double-checking the recipient's email address - gsmtp" },
		{ .name = "RFC 5321", .raw = "550 Requested action not taken: mailbox unavailable" },
		{ .name = "enhanced code alone", .raw = "550 5.1.1 rejected" },
		{ .name = "invalid recipient with a code that tells", .raw = "550 5.1.1 Invalid recipient <u@host.test>" }
	) },
	{ STAGE_RCPT, REASON_UNKNOWN_DOMAIN, ROWS(
		{ .name = "Postfix", .raw = "550 5.1.2 <v@nowhere.test>: Recipient address rejected: Domain not found" },
		{ .name = "Postfix, deferred", .raw = "450 4.1.2 <v@nowhere.test>: Recipient address rejected: Domain not found" },
		{ .name = "Postfix, null MX", .raw =
		  "556 5.1.10 <v@example.com>: Recipient address rejected: Domain example.com does not accept mail (nullMX)" },
		{ .name = "sendmail", .raw =
		  "550 5.1.2 <v@nowhere.test>... Host unknown (Name server: nowhere.test: host not found)" },
		{ .name = "556 alone", .raw = "556 no" },
		{ .name = "enhanced code alone", .raw = "550 5.1.2 rejected" }
	) },
	{ STAGE_RCPT, REASON_SENDER_REFUSED, ROWS(
		{ .name = "Postfix, unknown domain", .raw =
		  "450 4.1.8 <s@nowhere.test>: Sender address rejected: Domain not found" },
		{ .name = "Postfix, not qualified", .raw = "504 5.5.2 <s>: Sender address rejected: need fully-qualified address" },
		{ .name = "Exim, verify", .raw =
		  "550-Verification failed for <s@host.test>\n" "550-Unrouteable address\n" "550 Sender verify failed" },
		{ .name = "Exim, quoting another server", .raw =
		  "550-Verification failed for <s@host.test>\n" "550-Response: 550 5.7.1 Relaying denied\n"
		  "550 Sender verify failed" },
		{ .name = "SPF", .raw =
		  "550 5.7.23 <v@host.test>: Recipient address rejected: Message rejected due to: SPF fail - not authorized" },
		{ .name = "Exchange", .raw = "550 5.7.60 SMTP; Client does not have permissions to send as this sender" },
		{ .name = "Gmail", .raw =
		  "550-5.7.26 This mail has been blocked because the sender is unauthenticated.\n"
		  "550 5.7.26 see the guidelines - gsmtp" }
	) },
	{ STAGE_MAIL, REASON_SENDER_REFUSED, ROWS(
		{ .name = "sendmail", .raw =
		  "553 5.1.8 <s@nowhere.test>... Domain of sender address s@nowhere.test does not exist" },
		{ .name = "sendmail, deferred", .raw =
		  "451 4.1.8 <s@nowhere.test>... Domain of sender address s@nowhere.test does not resolve" },
		{ .name = "sendmail, bare name", .raw =
		  "553 5.5.4 <spamtest>... Domain name required for sender address spamtest" },
		{ .name = "Exim, bare name", .raw = "501 spamtest: sender address must contain a domain" },
		{ .name = "Courier", .raw = "517 Syntax error." },
		{ .name = "qmail", .raw = "553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)" },
		{ .name = "chasquid", .raw = "550 5.7.23 SPF check failed: matched all" },
		{ .name = "enhanced code alone", .raw = "550 5.1.8 no" }
	) },
	{ STAGE_RCPT, REASON_HELLO_REFUSED, ROWS(
		{ .name = "Postfix, delayed", .raw = "504 5.5.2 <c>: Helo command rejected: need fully-qualified hostname" },
		{ .name = "Postfix, unknown name", .raw = "450 4.7.1 <c.test>: Helo command rejected: Host not found" },
		{ .name = "Exchange Online", .raw = "550 5.7.1 Service unavailable, Helo domain is listed in Spamhaus. (S8001)" }
	) },
	{ STAGE_HELLO, REASON_HELLO_REFUSED, ROWS(
		{ .name = "Exim", .raw = "501 Syntactically invalid EHLO argument(s)" },
		{ .name = "hMailServer", .raw = "501 EHLO Invalid domain address." },
		{ .name = "chasquid", .raw = "501 Invisible customers are not welcome!" },
		{ .name = "sendmail", .raw = "501 5.0.0 Invalid domain name" },
		{ .name = "a policy", .raw = "550 5.7.1 not you" }
	) },
	{ STAGE_RCPT, REASON_CLIENT_BLOCKED, ROWS(
		{ .name = "Postfix, PTR", .raw = "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.7]" },
		{ .name = "Postfix, PTR, final", .raw = "550 5.7.25 Client host rejected: cannot find your hostname, [192.0.2.7]" },
		{ .name = "Postfix, DNSBL", .raw =
		  "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org; "
		  "https://www.spamhaus.org/query/ip/192.0.2.7" },
		{ .name = "Postfix, access map", .raw = "554 5.7.1 <unknown[192.0.2.7]>: Client host rejected: Access denied" },
		{ .name = "Postfix after a refused connection", .raw = "503 5.7.0 Error: access denied for unknown[192.0.2.7]" },
		{ .name = "postscreen, pregreet", .raw = "550 5.5.1 Protocol error" },
		{ .name = "Exim, DNSBL", .raw = "550-192.0.2.7 is listed at bl.test\n550 go elsewhere" },
		{ .name = "Exchange Online", .raw =
		  "550 5.7.606 Access denied, banned sending IP [192.0.2.7]. To request removal, go elsewhere (AS16012609)" },
		{ .name = "sendmail, DNSBL", .raw = "553 5.3.0 <v@host.test>... Rejected: 192.0.2.7 listed at bl.test" },
		{ .name = "IronPort", .raw =
		  "554 Your access to this mail system has been rejected due to the sending MTA's poor reputation." },
		{ .name = "an open relay, listed", .raw = "550 5.7.1 Your host is listed as an open relay, access denied" },
		{ .name = "enhanced code alone", .raw = "550 5.7.25 no" }
	) },
	{ STAGE_GREETING, REASON_CLIENT_BLOCKED, ROWS(
		{ .name = "sendmail, access map", .raw = "554 host.test ESMTP not accepting messages" },
		{ .name = "postscreen", .raw = "521 5.3.2 no" },
		{ .name = "no words", .raw = "421 no" },
		{ .name = "Gmail", .raw = "421 4.7.0 IP not in whitelist for RCPT domain, closing connection. x - gsmtp" },
		{ .name = "sendmail, spoke too early", .raw =
		  "554 5.5.0 host.test rejecting commands from c.test [192.0.2.7] due to pre-greeting traffic" }
	) },
	{ STAGE_MAIL, REASON_SYNTAX, ROWS(
		{ .name = "Postfix", .raw = "501 5.1.7 Bad sender address syntax" },
		{ .name = "Exim", .raw = "501 <s@[192.0.2.7]>: domain literals not allowed" },
		{ .name = "chasquid", .raw = "501 5.1.7 Sender address malformed" },
		{ .name = "OpenSMTPD", .raw = "553 5.1.7 Sender address syntax error" }
	) },
	{ STAGE_RCPT, REASON_SYNTAX, ROWS(
		{ .name = "Postfix", .raw = "501 5.1.3 Bad recipient address syntax" },
		{ .name = "Postfix, UTF-8", .raw = "500 5.5.2 Error: bad UTF-8 syntax" },
		{ .name = "Exim", .raw = "550 restricted characters in address" },
		{ .name = "Exim, malformed", .raw = "501 <v@>: malformed address: > may not follow v@" },
		{ .name = "sendmail, route", .raw = "553 5.1.3 <@host.test:>... Invalid route address" },
		{ .name = "sendmail, bracket", .raw = "553 5.0.0 <v@outside.test... Unbalanced '<'" },
		{ .name = "qmail", .raw = "555 syntax error (#5.5.4)" },
		{ .name = "Courier", .raw = "513 Syntax error." },
		{ .name = "OpenSMTPD", .raw = "501 5.1.3 Recipient address syntax error" }
	) },
	{ STAGE_RCPT, REASON_BAD_SEQUENCE, ROWS(
		{ .name = "Postfix", .raw = "503 5.5.1 Error: need MAIL command" },
		{ .name = "Exim", .raw = "503 sender not yet given" },
		{ .name = "sendmail", .raw = "503 5.0.0 Need MAIL before RCPT" },
		{ .name = "OpenSMTPD", .raw = "503 5.5.1 Invalid command: Command not allowed at this point." },
		{ .name = "OpenSMTPD, pipelining", .raw = "500 5.5.1 Invalid command: Pipelining not supported" },
		{ .name = "hMailServer", .raw = "502 Use HELO/EHLO first." }
	) },
	{ STAGE_DATA, REASON_BAD_SEQUENCE, ROWS(
		{ .name = "Postfix", .raw = "554 5.5.1 Error: no valid recipients" },
		{ .name = "Exim", .raw =
		  "503-All RCPT commands were rejected with this error:\n" "503-relay refused\n"
		  "503 Valid RCPT command must precede DATA" },
		{ .name = "qmail", .raw = "503 RCPT first (#5.5.1)" }
	) },
	{ STAGE_MAIL, REASON_BAD_SEQUENCE, ROWS(
		{ .name = "sendmail", .raw = "503 5.0.0 Polite people say HELO first" },
		{ .name = "Exim, early", .raw = "554 SMTP synchronization error" }
	) },
	{ STAGE_OTHER, REASON_UNSUPPORTED, ROWS(
		{ .name = "Postfix", .raw = "502 5.5.2 Error: command not recognized" },
		{ .name = "Exim", .raw = "500 unrecognized command" },
		{ .name = "qmail", .raw = "502 unimplemented (#5.5.1)" },
		{ .name = "chasquid", .raw = "500 5.5.1 Unknown command" }
	) },
	{ STAGE_HELLO, REASON_UNSUPPORTED, ROWS(
		{ .name = "a server of RFC 821", .raw = "500 Syntax error, command unrecognized" }
	) },
	{ STAGE_MAIL, REASON_UNSUPPORTED, ROWS(
		{ .name = "Postfix", .raw = "555 5.5.4 Unsupported option: REQUIRETLS" },
		{ .name = "sendmail", .raw = "555 5.5.4 XTRICK parameter unrecognized" }
	) },
	{ STAGE_STARTTLS, REASON_UNSUPPORTED, ROWS(
		{ .name = "Postfix without TLS", .raw = "502 5.5.1 Error: command not implemented" }
	) },
	{ STAGE_RCPT, REASON_GREYLISTED, ROWS(
		{ .name = "postscreen, deep tests", .raw = "450 4.3.2 Service currently unavailable" },
		{ .name = "postgrey", .raw =
		  "450 4.2.0 <v@host.test>: Recipient address rejected: Greylisted, see "
		  "http://postgrey.schweikert.ch/help/host.test.html" },
		{ .name = "Exim", .raw = "451-192.0.2.7 is not yet known\n451 Greylisting in action, please come back later" },
		{ .name = "milter-greylist", .raw = "451 4.7.1 Greylisting in action, please come back in 00:05:00" },
		{ .name = "rspamd", .raw = "451 4.7.1 Try again later" },
		{ .name = "Postfix, a policy", .raw = "450 4.7.1 <v@host.test>: Recipient address rejected: not yet" }
	) },
	{ STAGE_RCPT, REASON_RATE_LIMITED, ROWS(
		{ .name = "Postfix, errors", .raw = "421 4.7.0 host.test Error: too many errors" },
		{ .name = "Postfix, recipients", .raw = "452 4.5.3 Error: too many recipients" },
		{ .name = "Postfix, anvil", .raw = "450 4.7.1 Error: too much mail from 192.0.2.7" },
		{ .name = "chasquid", .raw = "421 4.5.0 Too many errors, bye" },
		{ .name = "sendmail", .raw = "421 4.7.0 host.test Too many bad commands; closing connection" },
		{ .name = "Gmail", .raw =
		  "450-4.2.1 The user you are trying to contact is receiving mail at a rate that\n"
		  "450 4.2.1 is too quickly for us - gsmtp" }
	) },
	{ STAGE_OTHER, REASON_RATE_LIMITED, ROWS(
		{ .name = "Exim", .raw = "554 Too many nonmail commands" }
	) },
	{ STAGE_GREETING, REASON_RATE_LIMITED, ROWS(
		{ .name = "sendmail", .raw = "421 4.3.2 Connection rate limit exceeded." },
		{ .name = "Postfix, anvil", .raw = "421 4.7.0 host.test Error: too many connections from 192.0.2.7" },
		{ .name = "Exim", .raw = "421 Too many concurrent SMTP connections; please try again later." },
		{ .name = "from one address", .raw = "421 4.7.0 Too many connections from your IP" },
		{ .name = "Yahoo", .raw =
		  "421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to unexpected volume or user complaints" }
	) },
	{ STAGE_RCPT, REASON_TEMPORARY, ROWS(
		{ .name = "Postfix, a broken table", .raw = "451 4.3.0 <v@outside.test>: Temporary lookup failure" },
		{ .name = "Postfix, a broken restriction", .raw = "451 4.3.5 Server configuration error" },
		{ .name = "Exim", .raw = "451 Temporary local problem - please try later" },
		{ .name = "Courier", .raw = "450 Service temporarily unavailable." },
		{ .name = "chasquid", .raw = "451 4.4.3 Temporary error checking address" },
		{ .name = "Exchange Online", .raw =
		  "451 4.7.500 Server busy. Please try again later from [192.0.2.7]. (AS77712344)" },
		{ .name = "RFC 5321", .raw = "450 Requested mail action not taken: mailbox unavailable" },
		{ .name = "qmail, bare LF", .raw = "451 See https://cr.yp.to/docs/smtplf.html." },
		{ .name = "a next server that is away", .raw = "451 4.4.1 Unable to relay, the next server does not answer" },
		{ .name = "shut down", .raw = "421 4.3.0 host.test closing" }
	) },
	{ STAGE_STARTTLS, REASON_TEMPORARY, ROWS(
		{ .name = "Postfix", .raw = "454 4.7.0 TLS not available due to local problem" }
	) },
	{ STAGE_OTHER, REASON_TEMPORARY, ROWS(
		{ .name = "Postfix, AUTH", .raw = "454 4.7.0 Temporary authentication failure: Connection lost" }
	) },
	{ STAGE_GREETING, REASON_TEMPORARY, ROWS(
		{ .name = "postscreen", .raw = "421 4.3.2 All server ports are busy" },
		{ .name = "RFC 5321", .raw = "421 host.test Service not available, closing transmission channel" },
		{ .name = "Gmail", .raw = "421 4.3.0 Temporary System Problem. Try again later" }
	) },
	{ STAGE_RCPT, REASON_OTHER, ROWS(
		{ .name = "Postfix, access map", .raw = "554 5.7.1 <v@outside.test>: Recipient address rejected: Access denied" },
		{ .name = "German", .raw = "550 Weiterleitung verweigert" },
		{ .name = "no words", .raw = "550" },
		{ .name = "a milter", .raw = "550 5.7.1 Command rejected" }
	) },
	{ STAGE_DATA, REASON_OTHER, ROWS(
		{ .name = "a filter", .raw = "554 5.7.1 Spam message rejected" },
		{ .name = "a relay's filter", .raw = "550 5.7.1 Message not allowed by the relay behind us" },
		{ .name = "a loop", .raw = "554 5.4.6 Too many hops" }
	) },
	{ STAGE_OTHER, REASON_OTHER, ROWS(
		{ .name = "Postfix, XCLIENT", .raw = "550 5.7.0 Error: insufficient authorization" }
	) },
	{ STAGE_RCPT, REASON_NONE, ROWS(
		{ .name = "accepted", .raw = "250 2.1.5 Ok" },
		{ .name = "will forward", .raw = "251 User not local; will forward to <v@elsewhere.test>" },
		{ .name = "words of a refusal", .raw = "250 relay access denied? no" }
	) },
	{ STAGE_DATA, REASON_NONE, ROWS(
		{ .name = "go ahead", .raw = "354 End data with <CR><LF>.<CR><LF>" }
	) },
	{ STAGE_OTHER, REASON_NONE, ROWS(
		{ .name = "VRFY", .raw = "252 2.0.0 v@outside.test" }
	) },
};

static const struct group echoes[] = {
	{ STAGE_RCPT, REASON_UNKNOWN_USER, ROWS(
		{ .name = "relay in the address", .raw = "550 5.1.1 <relaying.denied@host.test>: User unknown" },
		{ .name = "relay in quotes in the address", .raw = "550 5.1.1 <\"relaying denied\"@host.test>: User unknown" },
		{ .name = "a quoted address without brackets", .raw =
		  "550 5.1.1 \"relay access denied\"@host.test... User unknown" },
		{ .name = "quotes escaped in quotes", .raw = "550 5.1.1 <\"a\\\" relaying denied\"@host.test>: User unknown" },
		{ .name = "a bracket in quotes", .raw = "550 5.1.1 <\"a> relaying denied <\"@host.test>: User unknown" },
		{ .name = "brackets nested", .raw = "550 5.1.1 <<relaying denied@host.test>>: User unknown" },
		{ .name = "a route", .raw = "550 5.1.1 <@greylist.test,@relay.test:u@host.test>: User unknown" },
		{ .name = "the server's name", .raw = "550 greylist.host.test: user unknown" },
		{ .name = "quotes in the text", .raw =
		  "550 5.1.1 \"relaying denied\"@a.test, \"x\"@b.test: \"sorry\" unknown user" }
	) },
	{ STAGE_RCPT, REASON_OTHER, ROWS(
		{ .name = "unknown user in the address", .raw = "550 <\"unknown user\"@outside.test> no" },
		{ .name = "spamhaus in a bare address", .raw = "550 spamhaus@outside.test no" },
		{ .name = "reputation in a name", .raw = "550 mx.reputation.test: no" },
		{ .name = "a bang path", .raw = "550 greylist.test!user no" },
		{ .name = "percent form without at sign", .raw = "550 user%blacklist.test no" },
		{ .name = "a bracket that never closes", .raw = "550 <\"relaying denied\"@outside.test no" },
		{ .name = "blanks inside brackets", .raw = "550 < relaying denied > no" }
	) },
	{ STAGE_RCPT, REASON_TEMPORARY, ROWS(
		{ .name = "greylist in a 4yz's address", .raw = "451 <greylist@outside.test>: try another day" },
		{ .name = "relaying denied in a 4yz's address", .raw = "451 <\"relaying denied\"@outside.test>: try another day" },
		{ .name = "relaying denied in an IPv6 literal", .raw = "451 <v@[IPv6:relaying denied]>: broken" }
	) },
	{ STAGE_RCPT, REASON_RELAYING_DENIED, ROWS(
		{ .name = "unknown user in the address", .raw = "550 5.7.1 <\"user unknown\"@outside.test>... Relaying denied" },
		{ .name = "greylist in the address", .raw = "454 4.7.1 <greylist@greylist.test>: Relay access denied" },
		{ .name = "TLS in the address", .raw = "554 5.7.1 <\"must issue a starttls\"@outside.test>: Relay access denied" },
		{ .name = "a bracket that never closes", .raw = "550 5.7.1 <v@outside.test... Relaying denied" },
		{ .name = "brackets that do not match", .raw = "554 5.7.1 <<v@outside.test>: Relay access denied" },
		{ .name = "a bracket that never opened", .raw = "554 5.7.1 v@outside.test>: Relay access denied" },
		{ .name = "a quote that never ends", .raw = "550 5.7.1 \"v@outside.test... Relaying denied" },
		{ .name = "two paths", .raw = "550 5.7.1 <u@host.test>,<v@outside.test>... Relaying denied" },
		{ .name = "escapes and a NUL in the echo", .raw =
		  "554 5.7.1 <v\033[2J\000@outside.test>: Relay access denied", .len = 52 },
		{ .name = "the refusal in quotes", .raw = "550 \"relay not permitted\"" }
	) },
	{ STAGE_GREETING, REASON_TEMPORARY, ROWS(
		{ .name = "the server's name", .raw = "421 spamhaus.host.test busy" }
	) },
	{ STAGE_MAIL, REASON_SENDER_REFUSED, ROWS(
		{ .name = "relay in the sender's address", .raw = "550 <\"relaying denied\"@x.test>: Sender verify failed" }
	) },
};

static enum reason reason_of_bytes(const char *raw, size_t len, enum stage stage)
{
	struct reply_reader reader;
	struct reply reply;
	enum reason reason;
	size_t used;

	reply_reader_init(&reader);
	assert_int_equal(reply_read(&reader, raw, len, &used, &reply), REPLY_UNFINISHED);
	assert_int_equal(used, len);
	assert_int_equal(reply_read(&reader, "\r\n", 2, &used, &reply), REPLY_READY);
	reason = reason_of(&reply, stage);
	reply_reader_release(&reader);
	return reason;
}

static unsigned wrong_rows(const struct group *group)
{
	unsigned wrong = 0;

	for (const struct row *row = group->rows; row->name != NULL; row++) {
		enum reason reason = reason_of_bytes(row->raw, row->len ? row->len : strlen(row->raw), group->stage);

		if (reason == group->reason)
			continue;
		print_error("%s at %s: \"%s\" is %s, and was taken for %s\n", row->name, stage_name(group->stage), row->raw,
			    reason_name(group->reason), reason_name(reason));
		wrong++;
	}
	return wrong;
}

static void check_groups(const struct group *groups, size_t count)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < count; i++)
		wrong += wrong_rows(&groups[i]);
	assert_int_equal(wrong, 0);
}

static void test_servers_say_why_in_their_own_words(void **state)
{
	(void)state;
	check_groups(servers, sizeof servers / sizeof *servers);
}

static void test_an_echo_decides_nothing(void **state)
{
	(void)state;
	check_groups(echoes, sizeof echoes / sizeof *echoes);
}

static void test_a_reply_that_does_not_refuse_has_no_reason(void **state)
{
	char raw[64];

	(void)state;
	for (int code = 200; code < 400; code++) {
		snprintf(raw, sizeof raw, "%d Relaying denied", code);
		for (int stage = 0; stage < STAGES; stage++)
			assert_int_equal(reason_of_bytes(raw, strlen(raw), (enum stage)stage), REASON_NONE);
	}
}

static void test_every_refusal_has_a_reason_of_the_server(void **state)
{
	static const char *const texts[] = { "", " ", " 5.7.1", " 4.2.0 \"", " <", " \\", " .", " 0.0.0 <\"<\"" };
	char raw[64];

	(void)state;
	for (int code = 400; code < 600; code++)
		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
			for (int stage = 0; stage < STAGES; stage++) {
				enum reason reason;

				snprintf(raw, sizeof raw, "%d%s", code, texts[i]);
				reason = reason_of_bytes(raw, strlen(raw), (enum stage)stage);
				assert_true(reason > REASON_NONE && reason <= REASON_OTHER);
				assert_true(reason != REASON_RELAYING_DENIED || code == 551);
			}
}

/* What fills a reply to its ceilings with openings that never close must cost no more than reading it. */
static void test_a_reply_of_brackets_and_quotes_ends(void **state)
{
	static const char *const pieces[] = { "<", "\"", "<\"", "\"<", "<<>", "\\\"", "<>\"@", "a.b", "@ " };

	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct buf raw = BUF_OWN;

		for (int line = 0; line < 20; line++) {
			buf_text(&raw, "550-");
			for (size_t start = raw.len; raw.len - start < 1000;)
				buf_text(&raw, pieces[i]);
			buf_text(&raw, "\r\n");
		}
		buf_text(&raw, "550 Relaying denied");
		assert_int_equal(reason_of_bytes(raw.data, raw.len, STAGE_RCPT), REASON_RELAYING_DENIED);
		buf_release(&raw);
	}
}

static void test_words_beyond_what_is_read_are_not_guessed_at(void **state)
{
	struct buf raw = BUF_OWN;

	(void)state;
	for (int line = 0; line < 6; line++) {
		buf_text(&raw, "550-");
		for (int word = 0; word < 150; word++)
			buf_text(&raw, "blah ");
		buf_text(&raw, "\r\n");
	}
	buf_text(&raw, "550 Relaying denied");
	assert_int_equal(reason_of_bytes(raw.data, raw.len, STAGE_RCPT), REASON_OTHER);
	buf_release(&raw);
}

static void test_each_reason_has_a_name_and_a_phrase(void **state)
{
	(void)state;
	for (int i = 0; i < REASONS; i++) {
		const char *name = reason_name((enum reason)i);

		assert_non_null(name);
		assert_true(name[0] != '\0' && name[strspn(name, "abcdefghijklmnopqrstuvwxyz-")] == '\0');
		assert_true(strlen(reason_phrase((enum reason)i)) > 10);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(name, reason_name((enum reason)j));
	}
	for (int i = 0; i < STAGES; i++) {
		assert_non_null(stage_name((enum stage)i));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(stage_name((enum stage)i), stage_name((enum stage)j));
	}
	assert_string_equal(reason_name(REASON_RELAYING_DENIED), "relaying-denied");
	assert_string_equal(reason_phrase(REASON_RELAYING_DENIED), "the server refuses to relay");
}

static void test_only_what_may_pass_is_passing(void **state)
{
	(void)state;
	for (int i = 0; i < REASONS; i++)
		assert_int_equal(reason_is_passing((enum reason)i),
				 i == REASON_GREYLISTED || i == REASON_RATE_LIMITED || i == REASON_TEMPORARY);
}

static void test_a_command_tells_its_stage(void **state)
{
	static const struct {
		const char *name;
		const char *line;
		enum stage stage;
	} rows[] = {
		{ .name = "sender", .line = "MAIL FROM:<s@host.test>\r\n", .stage = STAGE_MAIL },
		{ .name = "lower case", .line = "mail from:<>", .stage = STAGE_MAIL },
		{ .name = "recipient", .line = "RCPT TO:<v@outside.test>", .stage = STAGE_RCPT },
		{ .name = "blanks before it", .line = " \t RCPT TO:<v@outside.test>", .stage = STAGE_RCPT },
		{ .name = "alone", .line = "DATA", .stage = STAGE_DATA },
		{ .name = "with a line's end", .line = "DATA\r\n", .stage = STAGE_DATA },
		{ .name = "chunk", .line = "BDAT 0 LAST", .stage = STAGE_DATA },
		{ .name = "hello", .line = "EHLO c.test", .stage = STAGE_HELLO },
		{ .name = "older hello", .line = "HELO c.test", .stage = STAGE_HELLO },
		{ .name = "LMTP's hello", .line = "LHLO c.test", .stage = STAGE_HELLO },
		{ .name = "TLS", .line = "STARTTLS", .stage = STAGE_STARTTLS },
		{ .name = "another verb", .line = "VRFY v@outside.test", .stage = STAGE_OTHER },
		{ .name = "a longer verb", .line = "MAILX FROM:<s@host.test>", .stage = STAGE_OTHER },
		{ .name = "a shorter one", .line = "MAI", .stage = STAGE_OTHER },
		{ .name = "nothing", .line = "", .stage = STAGE_OTHER },
		{ .name = "blanks", .line = "  ", .stage = STAGE_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (stage_of(rows[i].line) != rows[i].stage)
			print_error("%s\n", rows[i].name);
		assert_int_equal(stage_of(rows[i].line), rows[i].stage);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_servers_say_why_in_their_own_words),
		cmocka_unit_test(test_an_echo_decides_nothing),
		cmocka_unit_test(test_a_reply_that_does_not_refuse_has_no_reason),
		cmocka_unit_test(test_every_refusal_has_a_reason_of_the_server),
		cmocka_unit_test(test_a_reply_of_brackets_and_quotes_ends),
		cmocka_unit_test(test_words_beyond_what_is_read_are_not_guessed_at),
		cmocka_unit_test(test_each_reason_has_a_name_and_a_phrase),
		cmocka_unit_test(test_only_what_may_pass_is_passing),
		cmocka_unit_test(test_a_command_tells_its_stage),
	};

	return cmocka_run_group_tests_name("reason", tests, NULL, NULL);
}
