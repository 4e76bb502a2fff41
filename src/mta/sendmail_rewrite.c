/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_rewrite.c - rule sets over a workspace of words
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/sendmail_run.h"

static bool is_sign(const char *word, enum sendmail_sign sign)
{
	return (unsigned char)*word == sign;
}

void sendmail_run_stop(struct sendmail_run *run, const char *why)
{
	if (run->unknown == NULL)
		run->unknown = why;
}

static void remove_words(struct sendmail_words *words, size_t at, size_t count)
{
	memmove(words->at + at, words->at + at + count, (words->count - at - count) * sizeof *words->at);
	words->count -= count;
}

/* -1: there would be too many. */
static int append(struct sendmail_run *run, struct sendmail_words *to, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (to->count >= SENDMAIL_WORDS_MOST)
			return -1;
		sendmail_words_add(to, words[i]);
	}
	run->steps += (unsigned)count;
	return 0;
}

static int append_now(struct sendmail_run *run, struct sendmail_words *to, unsigned char id)
{
	if (run->now_unknown[id])
		sendmail_run_stop(run, "a rule asks for what only a running server knows");
	if (run->now[id] == NULL || *run->now[id] == '\0')
		return 0;
	return sendmail_words_scan(run->sendmail, run->pool, run->now[id], true, false, to);
}

/* The right side with its parts filled in. */
static int substitute(struct sendmail_run *run, const struct sendmail_rule *rule, size_t from, const struct sendmail_words *work,
		      const struct sendmail_part *parts, size_t count, struct sendmail_words *to)
{
	for (size_t i = from; i < rule->right.count; i++) {
		const char *word = rule->right.at[i];
		int result;

		if (is_sign(word, SIGN_PART)) {
			size_t which = (size_t)(word[1] - '1');

			if (which >= count)
				return -1;
			result = append(run, to, work->at + parts[which].first, parts[which].end - parts[which].first);
		} else if (is_sign(word, SIGN_NOW)) {
			result = append_now(run, to, (unsigned char)word[1]);
		} else {
			result = append(run, to, &word, 1);
		}
		if (result != 0)
			return -1;
	}
	return 0;
}

/* What stands in a lookup: its key, its arguments, and what holds where nothing is found. */
struct lookup {
	const struct sendmail_map *map;
	size_t begin, key, key_end, otherwise, otherwise_end, end;
	bool has_otherwise;
	const char *arguments[10];
	size_t count;
};

static const char *joined(struct sendmail_run *run, const struct sendmail_words *words, size_t from, size_t to, char blank)
{
	char text[SENDMAIL_LINE_MOST];

	sendmail_words_join(run->sendmail, words->at + from, to - from, blank, text, sizeof text);
	return pool_text(run->pool, text);
}

/* Divides a lookup at its $@ and $:. */
static void divide(struct sendmail_run *run, const struct sendmail_words *words, enum sendmail_sign closing, struct lookup *lookup)
{
	size_t at = lookup->key, from = at;
	enum sendmail_sign sign = SIGN_ANY;

	for (bool more = true; more; at++) {
		more = at < words->count && !is_sign(words->at[at], closing);
		if (more && !is_sign(words->at[at], SIGN_HOST) && !is_sign(words->at[at], SIGN_USER))
			continue;
		if (sign == SIGN_ANY)
			lookup->key_end = at;
		else if (sign == SIGN_USER) {
			lookup->otherwise = from;
			lookup->otherwise_end = at;
			lookup->has_otherwise = true;
		} else if (lookup->count < sizeof lookup->arguments / sizeof *lookup->arguments) {
			lookup->arguments[lookup->count++] = joined(run, words, from, at, run->sendmail->blank);
		}
		if (!more)
			break;
		sign = (enum sendmail_sign)(unsigned char)words->at[at][0];
		from = at + 1;
	}
	lookup->end = at < words->count ? at + 1 : at;
}

static int replace_lookup(struct sendmail_run *run, struct sendmail_words *words, struct lookup *lookup, size_t *next)
{
	struct sendmail_words with = { .at = NULL }, whole = { .at = NULL };
	const char *value = NULL;
	int result = 0;

	if (lookup->map != NULL) {
		char *key = mem_text(joined(run, words, lookup->key, lookup->key_end, lookup->map->blank));

		value = sendmail_lookup(run, lookup->map, key, lookup->arguments, lookup->count);
		free(key);
	}
	if (value != NULL)
		result = sendmail_words_scan(run->sendmail, run->pool, value, true, false, &with);
	else if (lookup->has_otherwise)
		result = sendmail_words_scan(run->sendmail, run->pool, joined(run, words, lookup->otherwise, lookup->otherwise_end, run->sendmail->blank),
					     true, false, &with);
	else
		result = append(run, &with, words->at + lookup->key, lookup->key_end - lookup->key);
	if (result == 0)
		result = append(run, &whole, words->at, lookup->begin);
	if (result == 0)
		result = append(run, &whole, with.at, with.count);
	*next = whole.count;
	if (result == 0)
		result = append(run, &whole, words->at + lookup->end, words->count - lookup->end);
	free(with.at);
	if (result != 0) {
		free(whole.at);
		return -1;
	}
	free(words->at);
	*words = whole;
	return 0;
}

/* $[ name $] and $( map key $). */
static int lookups(struct sendmail_run *run, struct sendmail_words *words)
{
	size_t at = 0;

	while (at < words->count && run->unknown == NULL) {
		struct lookup lookup = { .begin = at, .key = at + 1 };

		if (is_sign(words->at[at], SIGN_NAME)) {
			lookup.map = sendmail_map_find(run->sendmail, "host");
			divide(run, words, SIGN_NAME_END, &lookup);
		} else if (is_sign(words->at[at], SIGN_MAP) && at + 1 < words->count) {
			lookup.map = sendmail_map_find(run->sendmail, words->at[at + 1]);
			lookup.key = at + 2;
			if (lookup.map == NULL)
				sendmail_run_stop(run, "a rule asks a map that is not defined");
			divide(run, words, SIGN_MAP_END, &lookup);
		} else {
			at++;
			continue;
		}
		if (replace_lookup(run, words, &lookup, &at) != 0)
			return -1;
	}
	return 0;
}

/* $>name, the last first; each gets all words behind it. */
static void calls(struct sendmail_run *run, struct sendmail_words *words)
{
	const struct sendmail_set *sets[SENDMAIL_CALLS_MOST];
	size_t places[SENDMAIL_CALLS_MOST], count = 0;

	for (size_t at = 0; at + 1 < words->count; at++) {
		const struct sendmail_set *set;
		char *name;

		if (!is_sign(words->at[at], SIGN_CALL))
			continue;
		name = mem_text(words->at[at + 1]);
		sendmail_words_strip_quotes(name);
		set = sendmail_set_find(run->sendmail, name);
		free(name);
		if (set == NULL || count == SENDMAIL_CALLS_MOST) {
			sendmail_run_stop(run, set == NULL ? "a rule calls a rule set that is not defined" : "a rule calls more rule sets than sendmail takes");
			return;
		}
		if (set->count == 0) {
			remove_words(words, at, 2);
			continue;
		}
		sets[count] = set;
		places[count++] = at;
	}
	while (count-- > 0 && run->unknown == NULL) {
		struct sendmail_words rest = { .at = NULL };

		for (size_t i = places[count] + 2; i < words->count; i++)
			sendmail_words_add(&rest, words->at[i]);
		words->count = places[count];
		sendmail_rewrite(run, &rest, sets[count]);
		if (append(run, words, rest.at, rest.count) != 0)
			sendmail_run_stop(run, "its rules make an address too long");
		free(rest.at);
	}
}

/* What a rule makes of the workspace. */
static int apply(struct sendmail_run *run, struct sendmail_words *work, const struct sendmail_rule *rule, size_t from,
		 const struct sendmail_part *parts, size_t count)
{
	struct sendmail_words made = { .at = NULL };

	if (substitute(run, rule, from, work, parts, count, &made) != 0 || lookups(run, &made) != 0) {
		free(made.at);
		sendmail_run_stop(run, "a rule makes an address that sendmail cannot read");
		return -1;
	}
	calls(run, &made);
	free(work->at);
	*work = made;
	return 0;
}

/* Remembers the first rule that says $@ RELAY, $# OK or the like, and the first $#error. */
static void note_cause(struct sendmail_run *run, const struct sendmail_rule *rule)
{
	const struct sendmail_words *right = &rule->right;
	const char *last = right->count != 0 ? right->at[right->count - 1] : "";
	bool ends = right->count > 1 && (is_sign(right->at[0], SIGN_HOST) || is_sign(right->at[0], SIGN_MAILER));
	struct sendmail_cause *cause = NULL;

	if (ends && right->count <= 3 && (text_equal_nocase(last, "RELAY") || text_equal_nocase(last, "OK")))
		cause = &run->granted;
	else if (ends && is_sign(right->at[0], SIGN_MAILER) && (text_equal_nocase(right->at[1], "error") || text_equal_nocase(right->at[1], "discard")))
		cause = &run->refused;
	if (cause != NULL && cause->rule == NULL)
		*cause = (struct sendmail_cause){ .rule = rule->source, .row = run->row, .member = run->member };
}

static int run_rules(struct sendmail_run *run, struct sendmail_words *work, const struct sendmail_set *set)
{
	struct sendmail_part parts[SENDMAIL_PARTS_MOST];
	size_t at = 0, count = 0;
	unsigned passes = 0;

	while (at < set->count && run->unknown == NULL) {
		const struct sendmail_rule *rule = &set->rules[at];
		const char *first = rule->right.count != 0 ? rule->right.at[0] : "";
		bool ends = is_sign(first, SIGN_HOST), once = is_sign(first, SIGN_USER);

		if (work->count != 0 && is_sign(work->at[0], SIGN_MAILER))
			break;
		if (rule->opaque != NULL)
			sendmail_run_stop(run, rule->opaque);
		if (++passes > SENDMAIL_PASSES_MOST)
			sendmail_run_stop(run, "a rule never comes to an end");
		if (run->unknown != NULL)
			break;
		run->member = NULL;
		if (!sendmail_match(run, &rule->left, work, parts, &count)) {
			at++;
			passes = 0;
			continue;
		}
		if (apply(run, work, rule, ends || once ? 1 : 0, parts, count) != 0)
			return -1;
		note_cause(run, rule);
		if (ends)
			break;
		if (once) {
			at++;
			passes = 0;
		}
	}
	return 0;
}

int sendmail_rewrite(struct sendmail_run *run, struct sendmail_words *work, const struct sendmail_set *set)
{
	int result;

	if (run->depth >= SENDMAIL_DEPTH_MOST) {
		sendmail_run_stop(run, "its rule sets call each other without end");
		return -1;
	}
	run->depth++;
	result = run_rules(run, work, set);
	run->depth--;
	return run->unknown != NULL ? -1 : result;
}
