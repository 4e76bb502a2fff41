/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_catalogue.c - the probes that come with relayaudit, and directories of the operator's own
 */
#include "probe/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "probe/probe.h"

struct shelf {
	struct catalogue catalogue;
	char directory[64];
	char *said;
	size_t said_len;
	FILE *complaints;
};

static int set_up(void **state)
{
	struct shelf *shelf = mem_new(sizeof *shelf);

	strcpy(shelf->directory, "/tmp/catalogue-XXXXXX");
	assert_non_null(mkdtemp(shelf->directory));
	shelf->complaints = open_memstream(&shelf->said, &shelf->said_len);
	assert_non_null(shelf->complaints);
	*state = shelf;
	return 0;
}

static int tear_down(void **state)
{
	struct shelf *shelf = *state;
	char *command = mem_printf("rm -rf %s", shelf->directory);

	catalogue_release(&shelf->catalogue);
	fclose(shelf->complaints);
	assert_int_equal(system(command), 0);
	free(command);
	free(shelf->said);
	free(shelf);
	return 0;
}

static char *real_directory(void)
{
	const char *source = getenv("srcdir");

	return mem_printf("%s/probes", source ? source : ".");
}

static void read_real(struct shelf *shelf)
{
	char *directory = real_directory();
	struct err err = ERR_INIT;

	if (catalogue_read(&shelf->catalogue, directory, false, shelf->complaints, &err) != 0)
		fail_msg("%s", err.text);
	free(directory);
}

static void write_file(const struct shelf *shelf, const char *name, const char *text)
{
	char *path = mem_printf("%s/%s", shelf->directory, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	free(path);
}

#define PROBE(name, title)                                                                     \
	"name: " name "\ntitle: " title "\nsuites: thorough\nexplain: e\nfix: *: f\n\n"       \
	" -> MAIL FROM:<{sender}>\n<-  expect 2xx\n -> RCPT TO:<{victim}>\n<-  decide 2xx\n"

static void test_all_probes_are_read_without_complaint(void **state)
{
	struct shelf *shelf = *state;

	read_real(shelf);
	fflush(shelf->complaints);
	assert_int_equal(shelf->said_len, 0);
	assert_true(shelf->catalogue.count >= 100);
	for (size_t i = 1; i < shelf->catalogue.count; i++)
		assert_true(strcmp(shelf->catalogue.probes[i - 1]->name, shelf->catalogue.probes[i]->name) < 0);
	assert_non_null(shelf->catalogue.known_local);
	assert_non_null(shelf->catalogue.unknown_local);
	assert_int_equal(shelf->catalogue.known_local->control, CONTROL_KNOWN_LOCAL);
	assert_int_equal(shelf->catalogue.unknown_local->control, CONTROL_UNKNOWN_LOCAL);
}

static void test_the_classic_suite_is_the_seventeen_in_their_order(void **state)
{
	struct shelf *shelf = *state;
	size_t count;

	read_real(shelf);
	const struct probe **probes = catalogue_suite(&shelf->catalogue, SUITE_CLASSIC, &count);

	assert_int_equal(count, 17);
	for (size_t i = 0; i < count; i++)
		if (probes[i]->classic != (int)i + 1 || probes[i]->standard == 0 || !probes[i]->thorough)
			fail_msg("%zu: %s is classic=%d default=%d", i, probes[i]->name, probes[i]->classic, probes[i]->standard);
	free(probes);
}

static void test_the_default_suite_is_in_the_order_of_its_places(void **state)
{
	struct shelf *shelf = *state;
	size_t count;

	read_real(shelf);
	const struct probe **probes = catalogue_suite(&shelf->catalogue, SUITE_DEFAULT, &count);

	assert_true(count >= 50 && count <= 70);
	assert_string_equal(probes[0]->name, "plain");
	for (size_t i = 0; i < count; i++) {
		bool placed = probes[i]->standard != PROBE_UNPLACED;

		if (!probes[i]->thorough || probes[i]->control != CONTROL_NONE)
			fail_msg("%s is not thorough", probes[i]->name);
		if (i != 0 && (placed ? probes[i]->standard <= probes[i - 1]->standard :
					probes[i - 1]->standard == PROBE_UNPLACED && strcmp(probes[i]->name, probes[i - 1]->name) < 0))
			fail_msg("%s comes behind %s", probes[i]->name, probes[i - 1]->name);
	}
	free(probes);
}

static void test_the_thorough_suite_begins_with_the_default_one(void **state)
{
	struct shelf *shelf = *state;
	size_t few, many;

	read_real(shelf);
	const struct probe **some = catalogue_suite(&shelf->catalogue, SUITE_DEFAULT, &few);
	const struct probe **all = catalogue_suite(&shelf->catalogue, SUITE_THOROUGH, &many);

	assert_true(many > few);
	for (size_t i = 0; i < few; i++)
		if (some[i]->standard != PROBE_UNPLACED)
			assert_ptr_equal(some[i], all[i]);
	for (size_t i = 0; i < many; i++)
		if (probe_is_special(all[i]))
			fail_msg("%s sends a message or disturbs", all[i]->name);
	free(some);
	free(all);
}

static void test_the_suite_all_holds_everything_and_what_disturbs_last(void **state)
{
	struct shelf *shelf = *state;
	size_t many, every;

	read_real(shelf);
	const struct probe **thorough = catalogue_suite(&shelf->catalogue, SUITE_THOROUGH, &many);
	const struct probe **all = catalogue_suite(&shelf->catalogue, SUITE_ALL, &every);

	/* What is in no suite is a control. */
	assert_int_equal(every, shelf->catalogue.count - 2);
	assert_true(every > many);
	for (size_t i = 0; i < many; i++)
		assert_ptr_equal(thorough[i], all[i]);
	for (size_t i = 1; i < every; i++)
		if (probe_is_special(all[i - 1]) && !probe_is_special(all[i]))
			fail_msg("%s comes behind %s", all[i]->name, all[i - 1]->name);
	free(thorough);
	free(all);
}

static void test_a_probe_is_found_by_its_name(void **state)
{
	struct shelf *shelf = *state;
	const char *meant = NULL;

	read_real(shelf);
	assert_string_equal(catalogue_find(&shelf->catalogue, "plain", &meant)->name, "plain");
	assert_null(catalogue_find(&shelf->catalogue, "plane", &meant));
	assert_string_equal(meant, "plain");
	assert_null(catalogue_find(&shelf->catalogue, "nothing-like-it-at-all", &meant));
	assert_null(meant);
}

#define SPECIAL(name, key)                                                                                \
	"name: " name "\ntitle: t\nsuites: all\n" key "explain: e\nfix: *: f\n\n"                           \
	" -> MAIL FROM:<{sender}>\n<-  expect 2xx\n -> RCPT TO:<{victim}>\n<-  decide 2xx\n"

/* Whether the suite has the probe. */
static bool is_in(const struct catalogue *catalogue, enum suite suite, const char *name)
{
	size_t count;
	const struct probe **probes = catalogue_suite(catalogue, suite, &count);
	bool found = false;

	for (size_t i = 0; i < count; i++)
		found = found || strcmp(probes[i]->name, name) == 0;
	free(probes);
	return found;
}

static void test_own_probes_that_disturb_are_in_the_suite_all_only(void **state)
{
	struct shelf *shelf = *state;
	struct err err = ERR_INIT;

	write_file(shelf, "quiet.probe", SPECIAL("quiet", ""));
	write_file(shelf, "loud.probe", SPECIAL("loud", "intrusive: Noise.\n"));
	assert_int_equal(catalogue_read(&shelf->catalogue, shelf->directory, true, shelf->complaints, &err), 0);
	for (int suite = 0; suite < SUITES; suite++) {
		assert_true(is_in(&shelf->catalogue, (enum suite)suite, "quiet"));
		assert_int_equal(is_in(&shelf->catalogue, (enum suite)suite, "loud"), suite == SUITE_ALL);
	}
}

static void test_own_probes_replace_ours_and_are_in_every_suite(void **state)
{
	struct shelf *shelf = *state;
	struct err err = ERR_INIT;
	const char *meant;
	size_t before;

	read_real(shelf);
	before = shelf->catalogue.count;
	write_file(shelf, "plain.probe", PROBE("plain", "Ours"));
	write_file(shelf, "zzz.probe", PROBE("zzz", "The last"));
	write_file(shelf, ".hidden.probe", "nonsense");
	write_file(shelf, "notes.txt", "nonsense");
	write_file(shelf, "zzz.probe~", "nonsense");
	assert_int_equal(catalogue_read(&shelf->catalogue, shelf->directory, true, shelf->complaints, &err), 0);
	assert_int_equal(shelf->catalogue.count, before + 1);
	assert_string_equal(catalogue_find(&shelf->catalogue, "plain", &meant)->title, "Ours");
	for (int suite = 0; suite < SUITES; suite++)
		assert_true(is_in(&shelf->catalogue, (enum suite)suite, "zzz"));
}

static void test_a_control_of_ones_own_takes_its_place(void **state)
{
	struct shelf *shelf = *state;
	struct err err = ERR_INIT;

	read_real(shelf);
	write_file(shelf, "mine.probe", "name: mine\ntitle: t\ncontrol: known-local\nexplain: e\n\n -> MAIL FROM:<>\n<-  expect 2xx\n"
					" -> RCPT TO:<me@{domain}>\n<-  decide 2xx\n");
	assert_int_equal(catalogue_read(&shelf->catalogue, shelf->directory, true, shelf->complaints, &err), 0);
	assert_string_equal(shelf->catalogue.known_local->name, "mine");
}

static void test_a_control_that_is_replaced_by_a_trick_is_gone(void **state)
{
	struct shelf *shelf = *state;
	struct err err = ERR_INIT;

	read_real(shelf);
	write_file(shelf, "ctl-known-local.probe", PROBE("ctl-known-local", "A trick"));
	write_file(shelf, "ctl-unknown-local.probe", PROBE("ctl-unknown-local", "A trick"));
	assert_int_equal(catalogue_read(&shelf->catalogue, shelf->directory, true, shelf->complaints, &err), 0);
	assert_null(shelf->catalogue.known_local);
	assert_null(shelf->catalogue.unknown_local);
}

static void test_all_mistakes_of_all_files_are_told(void **state)
{
	struct shelf *shelf = *state;
	struct err err = ERR_INIT;

	write_file(shelf, "a.probe", "nmae: a\n");
	write_file(shelf, "b.probe", PROBE("b", "Good"));
	write_file(shelf, "c.probe", PROBE("other", "Of another name"));
	assert_int_equal(catalogue_read(&shelf->catalogue, shelf->directory, true, shelf->complaints, &err), -1);
	assert_int_equal(err.kind, ERR_SYNTAX);
	fflush(shelf->complaints);
	assert_non_null(strstr(shelf->said, "/a.probe:1:1: there is no key 'nmae'; was 'name' meant?\n"));
	assert_non_null(strstr(shelf->said, "/c.probe:1:7: the name 'other' is not that of the file\n"));
	assert_null(strstr(shelf->said, "/b.probe"));
	assert_non_null(strstr(err.text, "2 probe files in "));
	assert_int_equal(shelf->catalogue.count, 1);
}

static void test_a_file_that_cannot_be_read_is_told(void **state)
{
	struct shelf *shelf = *state;
	struct err err = ERR_INIT;
	char *path = mem_printf("%s/d.probe", shelf->directory);

	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(catalogue_read(&shelf->catalogue, shelf->directory, true, shelf->complaints, &err), -1);
	fflush(shelf->complaints);
	assert_non_null(strstr(shelf->said, "/d.probe"));
	assert_non_null(strstr(err.text, "1 probe file in "));
	free(path);
}

static void test_a_mistake_before_does_not_hide_a_file_that_cannot_be_read(void **state)
{
	struct shelf *shelf = *state;
	struct err err = ERR_INIT;
	char *path = mem_printf("%s/z.probe", shelf->directory);

	write_file(shelf, "a.probe", "nmae: a\n");
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(catalogue_read(&shelf->catalogue, shelf->directory, true, shelf->complaints, &err), -1);
	fflush(shelf->complaints);
	assert_non_null(strstr(shelf->said, "/z.probe"));
	free(path);
}

static void test_a_directory_without_probes_is_an_error(void **state)
{
	struct shelf *shelf = *state;
	struct err err = ERR_INIT;
	char *missing = mem_printf("%s/none", shelf->directory);

	assert_int_equal(catalogue_read(&shelf->catalogue, missing, true, shelf->complaints, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_non_null(strstr(err.text, missing));
	assert_int_equal(catalogue_read(&shelf->catalogue, shelf->directory, true, shelf->complaints, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_int_equal(shelf->catalogue.count, 0);
	free(missing);
}

static void test_suites_have_names(void **state)
{
	(void)state;
	for (int i = 0; i < SUITES; i++) {
		assert_int_equal(suite_find(suite_name((enum suite)i)), i);
		assert_non_null(suite_about((enum suite)i));
	}
	assert_int_equal(suite_find("every"), -1);
	assert_int_equal(suite_find(""), -1);
}

static void test_the_directory_may_be_named_in_the_environment(void **state)
{
	(void)state;
	assert_int_equal(setenv("RELAYAUDIT_PROBEDIR", "/elsewhere", 1), 0);
	assert_string_equal(catalogue_directory(), "/elsewhere");
	assert_int_equal(setenv("RELAYAUDIT_PROBEDIR", "", 1), 0);
	assert_true(catalogue_directory()[0] == '/' && strcmp(catalogue_directory(), "/elsewhere") != 0);
}

#define ON_SHELF(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ON_SHELF(test_all_probes_are_read_without_complaint),
		ON_SHELF(test_the_classic_suite_is_the_seventeen_in_their_order),
		ON_SHELF(test_the_default_suite_is_in_the_order_of_its_places),
		ON_SHELF(test_the_thorough_suite_begins_with_the_default_one),
		ON_SHELF(test_the_suite_all_holds_everything_and_what_disturbs_last),
		ON_SHELF(test_a_probe_is_found_by_its_name),
		ON_SHELF(test_own_probes_that_disturb_are_in_the_suite_all_only),
		ON_SHELF(test_own_probes_replace_ours_and_are_in_every_suite),
		ON_SHELF(test_a_control_of_ones_own_takes_its_place),
		ON_SHELF(test_a_control_that_is_replaced_by_a_trick_is_gone),
		ON_SHELF(test_all_mistakes_of_all_files_are_told),
		ON_SHELF(test_a_file_that_cannot_be_read_is_told),
		ON_SHELF(test_a_mistake_before_does_not_hide_a_file_that_cannot_be_read),
		ON_SHELF(test_a_directory_without_probes_is_an_error),
		cmocka_unit_test(test_suites_have_names),
		cmocka_unit_test(test_the_directory_may_be_named_in_the_environment),
	};

	return cmocka_run_group_tests_name("catalogue", tests, NULL, NULL);
}
