/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_match.c - the left side of a rule against the workspace
 *
 * As rewrite() does it: each part begins as short as it can be, and where the rest does
 * not fit, the last part that can grows by a word.
 */
#include <string.h>

#include "base/text.h"
#include "mta/sendmail_run.h"

struct match {
	struct sendmail_run *run;
	const struct sendmail_words *pattern, *work;
	struct sendmail_part *parts;
	size_t count;                   /* of the parts */
	size_t at, sign;                /* in the workspace, in the pattern */
};

/* A word that is not among the known members may be among the others. */
static void doubt(struct sendmail_run *run, unsigned char id)
{
	if (run->sendmail->classes[id].opaque != NULL)
		sendmail_run_stop(run, run->sendmail->classes[id].opaque);
}

static bool is_in_class(struct sendmail_run *run, unsigned char id, const char *word)
{
	const struct sendmail_member *member = sendmail_class_find(run->sendmail, id, word);

	if (member != NULL)
		run->member = member;
	return member != NULL;
}

/* Lets a part that has to be in a class grow from `end` on until it is. */
static bool grow_in_class(struct match *match, struct sendmail_part *part, size_t end)
{
	char text[SENDMAIL_LINE_MOST];
	unsigned char id = (unsigned char)match->pattern->at[part->pattern][1];

	while (end < match->work->count && match->run->unknown == NULL) {
		end++;
		match->run->steps += (unsigned)(end - part->first);
		sendmail_words_join(match->run->sendmail, match->work->at + part->first, end - part->first, match->run->sendmail->blank, text, sizeof text);
		if (is_in_class(match->run, id, text)) {
			part->end = end;
			match->at = end;
			match->sign = part->pattern + 1;
			return true;
		}
	}
	doubt(match->run, id);
	return false;
}

/* The words that a macro of now has, one after the other. */
static bool match_now(struct match *match, unsigned char id)
{
	const char *value = match->run->now[id];
	size_t at = match->at;

	if (match->run->now_unknown[id])
		sendmail_run_stop(match->run, "a rule asks for what only a running server knows");
	while (value != NULL && *value != '\0') {
		size_t len = at < match->work->count ? strlen(match->work->at[at]) : 0;

		if (len == 0 || len > strlen(value))
			return false;
		for (size_t i = 0; i < len; i++)
			if (((value[i] >= 'A' && value[i] <= 'Z') ? value[i] + 32 : value[i]) !=
			    ((match->work->at[at][i] >= 'A' && match->work->at[at][i] <= 'Z') ? match->work->at[at][i] + 32 : match->work->at[at][i]))
				return false;
		value += len;
		at++;
	}
	match->at = at;
	match->sign++;
	return true;
}

static bool take(struct match *match, size_t words)
{
	match->parts[match->count++] = (struct sendmail_part){ .first = match->at, .end = match->at + words, .pattern = match->sign };
	match->at += words;
	match->sign++;
	return true;
}

/* One word of the pattern; false: it does not fit here. */
static bool advance(struct match *match)
{
	const char *sign = match->sign < match->pattern->count ? match->pattern->at[match->sign] : NULL;
	bool at_end = match->at >= match->work->count;
	unsigned char what = sign != NULL ? (unsigned char)*sign : 0;

	if (sign == NULL || (at_end && what != SIGN_ANY && what != SIGN_HOST))
		return false;
	if (what >= SIGN_ANY && what <= SIGN_NOT_CLASS && match->count == SENDMAIL_PARTS_MOST)
		return false;
	switch (what) {
	case SIGN_CLASS:
		match->parts[match->count] = (struct sendmail_part){ .first = match->at, .end = match->at, .pattern = match->sign };
		if (!grow_in_class(match, &match->parts[match->count], match->at))
			return false;
		match->count++;
		return true;
	case SIGN_NOT_CLASS:
		if (is_in_class(match->run, (unsigned char)sign[1], match->work->at[match->at]))
			return false;
		doubt(match->run, (unsigned char)sign[1]);
		return take(match, 1);
	case SIGN_ONE:
	case SIGN_SOME:
		return take(match, 1);
	case SIGN_ANY:
		return take(match, 0);
	case SIGN_HOST: /* nothing at all */
		match->sign++;
		return true;
	case SIGN_NOW:
		return match_now(match, (unsigned char)sign[1]);
	default:
		if (!text_equal_nocase(sign, match->work->at[match->at]))
			return false;
		match->at++;
		match->sign++;
		return true;
	}
}

/* Lets the last part that can grow do so; false: none can. */
static bool back_up(struct match *match)
{
	while (match->count > 0 && match->run->unknown == NULL) {
		struct sendmail_part *part = &match->parts[--match->count];
		unsigned char what = (unsigned char)*match->pattern->at[part->pattern];

		match->run->steps++;
		if (part->end >= match->work->count)
			continue;
		if (what == SIGN_CLASS && grow_in_class(match, part, part->end)) {
			match->count++;
			return true;
		}
		if (what == SIGN_SOME || what == SIGN_ANY) {
			match->at = ++part->end;
			match->sign = part->pattern + 1;
			match->count++;
			return true;
		}
	}
	return false;
}

bool sendmail_match(struct sendmail_run *run, const struct sendmail_words *pattern, const struct sendmail_words *work,
		    struct sendmail_part parts[SENDMAIL_PARTS_MOST], size_t *count)
{
	struct match match = { .run = run, .pattern = pattern, .work = work, .parts = parts };

	while (match.at < work->count || match.sign < pattern->count) {
		if (++run->steps > SENDMAIL_STEPS_MOST)
			sendmail_run_stop(run, "its rules take more steps than are followed");
		if (run->unknown != NULL || (!advance(&match) && !back_up(&match)))
			return false;
	}
	*count = match.count;
	return run->unknown == NULL;
}
