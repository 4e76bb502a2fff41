/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load_mail.c - what logs say, read back
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/pool.h"
#include "report/load_rows.h"
#include "report/mail_build.h"
#include "report/model.h"

#define AT(member) offsetof(struct report_mail, member)

static const struct load_row mail_rows[] = {
	{ "first", LOAD_STAMP, AT(first), LOAD_NULL, 0, NULL },
	{ "last", LOAD_STAMP, AT(last), LOAD_NULL, 0, NULL },
	{ "strangers", LOAD_OTHER, 0, 0, 0, NULL },
	{ "accepted_not_delivered", LOAD_COUNT, AT(accepted_not_delivered), 0, 0, NULL },
	{ "delivered_origin_unknown", LOAD_COUNT, AT(delivered_origin_unknown), 0, 0, NULL },
	{ "denied", LOAD_OTHER, 0, 0, 0, NULL },
	{ "lost_input_channel", LOAD_COUNT, AT(lost_input_channel), 0, 0, NULL },
	{ "backscatter", LOAD_COUNT, AT(backscatter), 0, 0, NULL },
	{ "lines", LOAD_COUNT, AT(lines), 0, 0, NULL },
	{ "lines_not_understood", LOAD_COUNT, AT(lines_not_understood), 0, 0, NULL },
	{ "lines_of_others", LOAD_COUNT, AT(lines_of_others), 0, 0, NULL },
	{ "messages_without_end", LOAD_COUNT, AT(messages_without_end), 0, 0, NULL },
	{ "run", LOAD_OTHER, 0, LOAD_ABSENT, 0, NULL },
	{ "sources", LOAD_OTHER, 0, 0, 0, NULL },
	{ "grants", LOAD_OTHER, 0, LOAD_ABSENT, 0, NULL },
	{ "clients_by_no_grant", LOAD_COUNT, AT(clients_by_none), LOAD_ABSENT, 0, NULL },
	{ "messages_by_no_grant", LOAD_COUNT, AT(messages_by_none), LOAD_ABSENT, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static const struct load_row stranger_rows[] = {
	{ "first", LOAD_STAMP, AT(strangers_first), LOAD_NULL, 0, NULL },
	{ "last", LOAD_STAMP, AT(strangers_last), LOAD_NULL, 0, NULL },
	{ "messages", LOAD_COUNT, AT(messages), 0, 0, NULL },
	{ "recipients", LOAD_COUNT, AT(recipients), 0, 0, NULL },
	{ "deferred", LOAD_COUNT, AT(deferred), 0, 0, NULL },
	{ "bounced", LOAD_COUNT, AT(bounced), 0, 0, NULL },
	{ "clients", LOAD_OTHER, 0, 0, 0, NULL },
	{ "other_clients", LOAD_COUNT, AT(clients.others), 0, 0, NULL },
	{ "senders", LOAD_OTHER, 0, 0, 0, NULL },
	{ "domains", LOAD_OTHER, 0, 0, 0, NULL },
	{ "prefixes", LOAD_OTHER, 0, 0, 0, NULL },
	{ "hours", LOAD_OTHER, 0, 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static const struct load_row denied_rows[] = {
	{ "total", LOAD_COUNT, AT(denied), 0, 0, NULL },
	{ "causes", LOAD_OTHER, 0, 0, 0, NULL },
	{ "clients", LOAD_OTHER, 0, 0, 0, NULL },
	{ "other_clients", LOAD_COUNT, AT(denied_clients.others), 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static const struct load_row run_rows[] = {
	{ "id", LOAD_TEXT, AT(run), 0, 0, NULL },
	{ "attempts", LOAD_COUNT, AT(run_attempts), 0, 0, NULL },
	{ "clients", LOAD_OTHER, 0, 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

#define GRANT_AT(member) offsetof(struct report_opener, member)

static const struct load_row grant_rows[] = {
	{ "source", LOAD_TEXT, GRANT_AT(source), 0, 0, NULL },
	{ "setting", LOAD_TEXT, GRANT_AT(setting), 0, 0, NULL },
	{ "value", LOAD_TEXT, GRANT_AT(value), 0, 0, NULL },
	{ "covers", LOAD_TEXT, GRANT_AT(covers), 0, 0, NULL },
	{ "clients", LOAD_COUNT, GRANT_AT(clients), 0, 0, NULL },
	{ "messages", LOAD_COUNT, GRANT_AT(messages), 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static const struct load_row source_rows[] = {
	{ "name", LOAD_TEXT, offsetof(struct report_source, name), 0, 0, NULL },
	{ "makes", LOAD_TEXT, offsetof(struct report_source, makes), 0, 0, NULL },
	{ "lines", LOAD_COUNT, offsetof(struct report_source, lines), 0, 0, NULL },
	{ "fault", LOAD_TEXT, offsetof(struct report_source, fault), LOAD_NULL, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static bool is_count(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool is_line(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

int load_counts(struct load *load, const char *key, const json_t *object, bool owned, struct report_counts *counts)
{
	const char *text;
	json_t *value;

	if (!json_is_object(object))
		return load_fail(load, key, "is not an object of counts");
	counts->rows = mem_new((json_object_size(object) + 1) * sizeof *counts->rows);
	json_object_foreach((json_t *)(uintptr_t)object, text, value) {
		if (!is_count(value) || !is_line(text))
			return load_fail(load, key, "has what is no count of a printable text");
		counts->rows[counts->count++] = (struct report_count){ owned ? mem_text(text) : pool_text(load->texts, text), (size_t)json_integer_value(value) };
	}
	return 0;
}

static int load_strangers(struct load *load, const json_t *object, struct report_mail *mail)
{
	const json_t *prefixes = json_object_get(object, "prefixes"), *hours = json_object_get(object, "hours");

	if (load_object(load, object, stranger_rows, mail) != 0 || load_counts(load, "clients", json_object_get(object, "clients"), false, &mail->clients) != 0 ||
	    load_counts(load, "senders", json_object_get(object, "senders"), false, &mail->senders) != 0 ||
	    load_counts(load, "domains", json_object_get(object, "domains"), false, &mail->domains) != 0)
		return -1;
	if (json_array_size(prefixes) != REPORT_PREFIXES || json_array_size(hours) != REPORT_HOURS)
		return load_fail(load, "prefixes", "or hours are not as many as they should be");
	for (size_t i = 0; i < REPORT_PREFIXES; i++)
		if (load_counts(load, "prefixes", json_array_get(prefixes, i), true, &mail->prefixes[i]) != 0)
			return -1;
	for (size_t i = 0; i < REPORT_HOURS; i++) {
		if (!is_count(json_array_get(hours, i)))
			return load_fail(load, "hours", "has what is no count");
		mail->hours[i] = (size_t)json_integer_value(json_array_get(hours, i));
	}
	return 0;
}

static int load_denied(struct load *load, const json_t *object, struct report_mail *mail)
{
	const json_t *causes = json_object_get(object, "causes");

	if (load_object(load, object, denied_rows, mail) != 0 ||
	    load_counts(load, "clients", json_object_get(object, "clients"), false, &mail->denied_clients) != 0)
		return -1;
	for (size_t i = 0; i < REPORT_CAUSES; i++) {
		mail->causes[i].text = report_mail_cause(i, &mail->cause_notes[i]);
		if (!is_count(json_object_get(causes, mail->causes[i].text)))
			return load_fail(load, "causes", "has not a count for each cause");
		mail->causes[i].count = (size_t)json_integer_value(json_object_get(causes, mail->causes[i].text));
	}
	return json_object_size(causes) == REPORT_CAUSES ? 0 : load_fail(load, "causes", "has a cause that is not known");
}

int load_sources(struct load *load, const json_t *object, struct report_source **sources, size_t *count)
{
	const json_t *array;

	if (load_array(load, object, "sources", false, &array, count) != 0)
		return -1;
	*sources = mem_new((*count + 1) * sizeof **sources);
	for (size_t i = 0; i < *count; i++)
		if (load_object(load, json_array_get(array, i), source_rows, &(*sources)[i]) != 0)
			return -1;
	return 0;
}

/* Where the server's configuration was at hand. */
static int load_grants(struct load *load, const json_t *object, struct report_mail *mail)
{
	const json_t *array;

	mail->grants_known = json_object_get(object, "grants") != NULL;
	if (load_array(load, object, "grants", true, &array, &mail->grant_count) != 0)
		return -1;
	mail->grants = mem_new((mail->grant_count + 1) * sizeof *mail->grants);
	for (size_t i = 0; i < mail->grant_count; i++)
		if (load_object(load, json_array_get(array, i), grant_rows, &mail->grants[i]) != 0)
			return -1;
	return 0;
}

int load_mail(struct load *load, const json_t *object, struct report *report)
{
	struct report_mail *mail = report->mail = mem_new(sizeof *mail);
	const json_t *run = json_object_get(object, "run");

	/* The report does not say it; without any, what it counts is told in its findings. */
	mail->domains_known = true;
	snprintf(load->at, sizeof load->at, "mail.");
	if (load_object(load, object, mail_rows, mail) != 0 || load_sources(load, object, &mail->sources, &mail->source_count) != 0 ||
	    load_grants(load, object, mail) != 0)
		return -1;
	snprintf(load->at, sizeof load->at, "mail.strangers.");
	if (load_strangers(load, json_object_get(object, "strangers"), mail) != 0)
		return -1;
	snprintf(load->at, sizeof load->at, "mail.denied.");
	if (load_denied(load, json_object_get(object, "denied"), mail) != 0)
		return -1;
	snprintf(load->at, sizeof load->at, "mail.run.");
	if (run != NULL && (load_object(load, run, run_rows, mail) != 0 || load_counts(load, "clients", json_object_get(run, "clients"), false, &mail->run_clients) != 0))
		return -1;
	load->at[0] = '\0';
	return 0;
}
