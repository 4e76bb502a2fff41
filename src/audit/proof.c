/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proof.c - from what a sink saw to what an attempt came to
 *
 * Headers are a stranger's: they are looked at, and what is kept of them is an
 * address that was parsed, or escaped text.
 */
#include "audit/proof.h"

#include <string.h>
#include <strings.h>

#include "audit/audit.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/pool.h"
#include "base/text.h"
#include "net/address.h"
#include "probe/probe.h"

/* Whether attempts of the view are named by tokens of that run: an agent's by its own, and by no others. */
static bool signs(const struct audit *audit, const char *run, const struct view *view)
{
	for (size_t i = 0; i < audit->errand_count; i++) {
		const struct audit_errand *errand = &audit->errands[i];

		if (errand->host == view->host->number && errand->vantage == view->vantage)
			return text_equal_nocase(errand->run, run);
	}
	return text_equal_nocase(audit->signer.run, run);
}

bool proof_is_ours(const struct audit *audit, const struct token *token)
{
	for (size_t i = 0; i < audit->errand_count; i++)
		if (text_equal_nocase(audit->errands[i].run, token->run))
			return true;
	return text_equal_nocase(audit->signer.run, token->run);
}

const char *proof_run_at(const struct audit *audit, size_t index)
{
	if (index == 0)
		return audit->signer.run;
	return index <= audit->errand_count ? audit->errands[index - 1].run : NULL;
}

/* The view and the attempt with that number; views are numbered one after the other. */
static struct attempt *find_attempt(struct audit *audit, const struct token *token, struct view **view)
{
	unsigned number = token->number;

	for (size_t h = 0; h < audit->host_count; h++) {
		for (size_t i = 0; i < audit->hosts[h]->view_count; i++) {
			*view = &audit->hosts[h]->views[i];
			if ((*view)->count != 0 && number >= (*view)->attempts[0].number && number - (*view)->attempts[0].number < (*view)->count)
				return !signs(audit, token->run, *view) ? NULL : &(*view)->attempts[number - (*view)->attempts[0].number];
		}
	}
	return NULL;
}

/* The next field of a header: its text without the line end, folded lines included.  False at the end. */
static bool next_field(const char **at, const char *end, const char **field, size_t *len)
{
	const char *line = *at;

	*field = line;
	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		line = newline ? newline + 1 : end;
		if (line == end || (*line != ' ' && *line != '\t'))
			break;
	}
	*len = (size_t)(line - *field);
	*at = line;
	return *len != 0;
}

static bool has_name(const char *field, size_t len, const char *name)
{
	size_t name_len = strlen(name);

	return len > name_len && field[name_len] == ':' && strncasecmp(field, name, name_len) == 0;
}

/* Whether our own header line stands in it, with a token of the same attempt. */
static bool is_ours(const struct audit *audit, const struct sighting *sighting)
{
	const char *at = sighting->headers, *end = at + sighting->headers_len, *field;
	struct token token;
	size_t len;

	while (next_field(&at, end, &field, &len))
		if (has_name(field, len, PROOF_HEADER) && token_find(audit->key, field, len, &token) != NULL &&
		    token.number == sighting->token.number && text_equal_nocase(token.run, sighting->token.run))
			return true;
	return false;
}

/* The address in brackets at `text`, "[192.0.2.1]" or "[IPv6:2001:db8::1]". */
static bool read_bracket(const char *text, size_t len, struct address *address)
{
	const char *close = memchr(text, ']', len);
	struct err not_address = ERR_INIT;
	char copy[ADDRESS_TEXT];
	size_t inner;

	if (close == NULL || (inner = (size_t)(close - text) - 1) >= sizeof copy)
		return false;
	memcpy(copy, text + 1, inner);
	copy[inner] = '\0';
	if (address_parse(strncasecmp(copy, "IPv6:", 5) == 0 ? copy + 5 : copy, address, &not_address) != 0)
		return false;
	address_unmap(address);
	return true;
}

/*
 * The client that a Received line names, RFC 5321 4.4.  A name from EHLO may be a
 * literal, too: Exim writes it behind the address, all others before it.
 */
static bool read_client(const char *field, size_t len, struct address *client)
{
	struct buf folded = BUF_INIT(4096);
	const char *by;
	bool first, found = false;

	buf_add(&folded, field, len);
	for (char *byte = folded.data; byte < folded.data + folded.len; byte++)
		if (*byte == '\r' || *byte == '\n' || *byte == '\t' || *byte == '\0')
			*byte = ' ';
	by = strstr(folded.data, " by ");
	len = by ? (size_t)(by - folded.data) : folded.len;
	first = text_find_nocase(folded.data, "helo=") != NULL;
	for (size_t i = 0; i < len && !(found && first); i++)
		if (folded.data[i] == '[' && read_bracket(folded.data + i, len - i, client))
			found = true;
	buf_release(&folded);
	return found;
}

/* The lowest Received line is the one that the server under test wrote when we came. */
static const char *client_of(const struct audit *audit, const struct sighting *sighting)
{
	const char *at = sighting->headers, *end = at + sighting->headers_len, *field, *lowest = NULL;
	struct address client;
	char text[ADDRESS_TEXT];
	size_t len, lowest_len = 0;

	while (next_field(&at, end, &field, &len)) {
		if (has_name(field, len, "Received")) {
			lowest = field;
			lowest_len = len;
		}
	}
	if (lowest == NULL || !read_client(lowest, lowest_len, &client))
		return NULL;
	address_print(&client, text);
	return pool_text(audit->pool, text);
}

static void add_shown(struct buf *text, const char *before, const char *value, const char *behind)
{
	if (value == NULL)
		return;
	buf_text(text, before);
	text_escape(text, value, strlen(value));
	buf_text(text, behind);
}

static const char *evidence_of(const struct audit *audit, const struct sighting *sighting, const char *what)
{
	struct buf text = BUF_INIT(TEXT_SHOWN);
	const char *copy;

	buf_text(&text, what);
	add_shown(&text, " <", sighting->rcpt_to, ">");
	add_shown(&text, " from <", sighting->mail_from, ">");
	add_shown(&text, ", brought by ", sighting->peer, "");
	copy = pool_bytes(audit->pool, text.data, text.len);
	buf_release(&text);
	return copy;
}

static void note_delivery(struct audit *audit, const struct sighting *sighting, struct view *view, struct attempt *attempt)
{
	/* Also where the session was lost before the server's word: the message is the word. */
	attempt->outcome = OUTCOME_ACCEPTED;
	attempt->reason = REASON_NONE;
	attempt->alone = true;
	attempt->proof = PROOF_DELIVERED;
	attempt->evidence = evidence_of(audit, sighting, "the test message reached");
	attempt->received_from = client_of(audit, sighting);
	/* Behind a forged hello the brackets may be the forger's. */
	if (attempt->received_from != NULL && !attempt->probe->opens_itself)
		view->seen_as = attempt->received_from;
}

bool proof_note(struct audit *audit, const struct sighting *sighting)
{
	struct view *view;
	struct attempt *attempt;

	if (!proof_is_ours(audit, &sighting->token))
		return false;
	attempt = find_attempt(audit, &sighting->token, &view);
	if (attempt == NULL)
		return false;
	if (is_ours(audit, sighting)) {
		note_delivery(audit, sighting, view, attempt);
		return true;
	}
	attempt->bounced = true;
	if (attempt->proof != PROOF_DELIVERED) {
		attempt->proof = PROOF_BOUNCED;
		attempt->evidence = evidence_of(audit, sighting, "a bounce or an automatic answer came to");
	}
	return true;
}

void proof_count(const struct audit *audit, size_t *sent, size_t *missing)
{
	*sent = *missing = 0;
	for (size_t h = 0; h < audit->host_count; h++) {
		const struct host *host = audit->hosts[h];

		for (size_t i = 0; i < host->view_count; i++) {
			for (size_t k = 0; k < host->views[i].count; k++) {
				enum proof proof = host->views[i].attempts[k].proof;

				*sent += proof >= PROOF_DATA;
				*missing += proof == PROOF_DATA;
			}
		}
	}
}

void proof_give_up(struct audit *audit)
{
	for (size_t h = 0; h < audit->host_count; h++)
		for (size_t i = 0; i < audit->hosts[h]->view_count; i++)
			for (size_t k = 0; k < audit->hosts[h]->views[i].count; k++) {
				struct attempt *attempt = &audit->hosts[h]->views[i].attempts[k];

				attempt->unwatched = attempt->proof == PROOF_DATA;
			}
}
