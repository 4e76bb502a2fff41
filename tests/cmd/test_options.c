/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_options.c - options out of words, and complaints that name the one meant
 */
#include "cmd/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "cmd/command.h"

struct settings {
	bool flag;
	const char *text;
	struct option_list list;
	unsigned count;
	int64_t seconds;
};

static const struct option_row rows[] = {
	{ 'm', "mine", NULL, "it is mine", OPTION_FLAG, offsetof(struct settings, flag), 0, 0, NULL, NULL },
	{ 0, "victim", "ADDRESS", "an address", OPTION_TEXT, offsetof(struct settings, text), 0, 0, NULL, NULL },
	{ 'd', "domain", "DOMAIN", "one of the domains, of which there may be many", OPTION_LIST, offsetof(struct settings, list), 0, 0, NULL, NULL },
	{ 'j', "jobs", "N", "at once", OPTION_COUNT, offsetof(struct settings, count), 1, 64, NULL, NULL },
	{ 't', "timeout", "SECONDS", "for one reply", OPTION_SECONDS, offsetof(struct settings, seconds), 100, 60000, NULL, NULL },
	{ 0, NULL, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL },
};

static const struct command command = { "scan", "does it", "[OPTION]... TARGET...", "It does it.\n\nExamples follow.", rows, NULL };

enum { WORDS_MOST = 12 };

/* The words behind the command's name, ended by NULL.  `first` is the first operand; NULL: none. */
static int read_words(const char *const *words, struct settings *settings, const char **first, bool *help, struct err *err)
{
	char *argv[WORDS_MOST + 2] = { (char *)"scan" };
	int argc = 1, operands = 0, result;

	*settings = (struct settings){ .flag = false };
	for (; *words != NULL; words++) {
		assert_true(argc <= WORDS_MOST);
		argv[argc++] = (char *)(uintptr_t)*words;
	}
	result = options_read(rows, settings, argc, argv, &operands, help, err);
	*first = result == 0 && operands < argc ? argv[operands] : NULL;
	return result;
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void test_each_kind_of_option_is_read(void **state)
{
	struct err err = ERR_INIT;
	struct settings settings;
	const char *first;
	bool help;

	(void)state;
	assert_int_equal(read_words(WORDS("--mine", "--victim", "a@b.test", "-d", "one", "--domain=two", "-dthree", "-j", "7", "--timeout=1.5", "x"),
				    &settings, &first, &help, &err),
			 0);
	assert_true(settings.flag);
	assert_string_equal(settings.text, "a@b.test");
	assert_int_equal(settings.list.count, 3);
	assert_string_equal(settings.list.texts[0], "one");
	assert_string_equal(settings.list.texts[1], "two");
	assert_string_equal(settings.list.texts[2], "three");
	assert_int_equal(settings.count, 7);
	assert_int_equal(settings.seconds, 1500000);
	assert_string_equal(first, "x");
	assert_false(help);
	option_list_release(&settings.list);
	assert_int_equal(settings.list.count, 0);
}

static void test_options_and_operands_may_be_mixed(void **state)
{
	const struct {
		const char *name;
		const char *const *words;
		const char *first;
		bool flag;
		bool help;
	} mixes[] = {
		{ "none", WORDS(NULL), NULL, false, false },
		{ "an option behind an operand", WORDS("x", "-m"), "x", true, false },
		{ "the end of options", WORDS("--", "-m"), "-m", false, false },
		{ "a hyphen is an operand", WORDS("-"), "-", false, false },
		{ "help", WORDS("--help"), NULL, false, true },
		{ "the letter of help", WORDS("-h", "x"), "x", false, true },
		{ "help hides a mistake", WORDS("--help", "--nonsense"), NULL, false, true },
		{ "a letter behind another", WORDS("-mj3", "x"), "x", true, false },
		{ "the beginning of a name", WORDS("--min", "x"), "x", true, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof mixes / sizeof *mixes; i++) {
		struct err err = ERR_INIT;
		struct settings settings;
		const char *first;
		bool help;

		if (read_words(mixes[i].words, &settings, &first, &help, &err) != 0)
			fail_msg("%s: %s", mixes[i].name, err.text);
		if (settings.flag != mixes[i].flag || help != mixes[i].help ||
		    (mixes[i].first == NULL ? first != NULL : first == NULL || strcmp(first, mixes[i].first) != 0))
			fail_msg("%s: flag %d, help %d, %s", mixes[i].name, settings.flag, help, first ? first : "no operand");
	}
}

static void test_the_last_of_several_counts(void **state)
{
	struct err err = ERR_INIT;
	struct settings settings;
	const char *first;
	bool help;

	(void)state;
	assert_int_equal(read_words(WORDS("--victim=a", "--victim=b", "-j1", "-j", "64"), &settings, &first, &help, &err), 0);
	assert_string_equal(settings.text, "b");
	assert_int_equal(settings.count, 64);
}

static void test_mistakes_are_told_in_a_sentence(void **state)
{
	const struct {
		const char *name;
		const char *const *words;
		const char *sentence;
	} mistakes[] = {
		{ "a slip", WORDS("--victm", "a"), "there is no option '--victm'; was '--victim' meant?" },
		{ "a slip with a value", WORDS("--victm=a@b"), "there is no option '--victm=a@b'; was '--victim' meant?" },
		{ "nothing near", WORDS("--qqqqqqq"), "there is no option '--qqqqqqq'" },
		{ "an unknown letter", WORDS("-x"), "there is no option '-x'" },
		{ "no argument", WORDS("--victim"), "--victim needs an argument: ADDRESS" },
		{ "no argument to a letter", WORDS("x", "-d"), "--domain needs an argument: DOMAIN" },
		{ "an argument too much", WORDS("--mine=yes"), "--mine takes no argument" },
		{ "no number", WORDS("-j", "many"), "--jobs takes a number, 1 to 64, and 'many' is not" },
		{ "too small", WORDS("--jobs=0"), "--jobs takes a number, 1 to 64, and '0' is not" },
		{ "too great", WORDS("--jobs=65"), "--jobs takes a number, 1 to 64, and '65' is not" },
		{ "an empty number", WORDS("--jobs="), "--jobs takes a number, 1 to 64, and '' is not" },
		{ "no seconds", WORDS("-t", "soon"), "--timeout takes seconds, 0.1 to 60, and 'soon' is not" },
		{ "too short", WORDS("-t", "0.01"), "--timeout takes seconds, 0.1 to 60, and '0.01' is not" },
		{ "too long", WORDS("-t", "61"), "--timeout takes seconds, 0.1 to 60, and '61' is not" },
		{ "a unit", WORDS("-t", "5s"), "--timeout takes seconds, 0.1 to 60, and '5s' is not" },
		{ "below zero", WORDS("-t", "-1"), "--timeout takes seconds, 0.1 to 60, and '-1' is not" },
		{ "not a number", WORDS("-t", "nan"), "--timeout takes seconds, 0.1 to 60, and 'nan' is not" },
		{ "without end", WORDS("-t", "inf"), "--timeout takes seconds, 0.1 to 60, and 'inf' is not" },
		{ "far too great", WORDS("-t", "1e300"), "--timeout takes seconds, 0.1 to 60, and '1e300' is not" },
		{ "the first of two", WORDS("--jobs=0", "--timeout=x"), "--jobs takes a number, 1 to 64, and '0' is not" },
		{ "behind an operand", WORDS("x", "--jbs=1"), "there is no option '--jbs=1'; was '--jobs' meant?" },
		{ "between operands", WORDS("x", "--minr", "y"), "there is no option '--minr'; was '--mine' meant?" },
		{ "an unknown letter behind a known one", WORDS("-mx"), "there is no option '-mx'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
		struct err err = ERR_INIT;
		struct settings settings;
		const char *first;
		bool help;

		if (read_words(mistakes[i].words, &settings, &first, &help, &err) == 0)
			fail_msg("%s was taken", mistakes[i].name);
		if (err.kind != ERR_USAGE || strcmp(err.text, mistakes[i].sentence) != 0)
			fail_msg("%s: %s", mistakes[i].name, err.text);
		option_list_release(&settings.list);
	}
}

static void test_help_shows_every_row(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	assert_non_null(to);
	options_help(&command, to);
	assert_int_equal(fclose(to), 0);
	assert_string_equal(text, "Usage: relayaudit scan [OPTION]... TARGET...\n"
				  "\n"
				  "It does it.\n"
				  "\n"
				  "Examples follow.\n"
				  "\n"
				  "Options:\n"
				  "  -m, --mine                   it is mine\n"
				  "      --victim ADDRESS         an address\n"
				  "  -d, --domain DOMAIN          one of the domains, of which there may be many\n"
				  "  -j, --jobs N                 at once\n"
				  "  -t, --timeout SECONDS        for one reply\n"
				  "  -h, --help                   this text\n");
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_kind_of_option_is_read),
		cmocka_unit_test(test_options_and_operands_may_be_mixed),
		cmocka_unit_test(test_the_last_of_several_counts),
		cmocka_unit_test(test_mistakes_are_told_in_a_sentence),
		cmocka_unit_test(test_help_shows_every_row),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
