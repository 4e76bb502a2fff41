/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_json.c - what logs say, as JSON
 */
#include <string.h>

#include "base/mem.h"
#include "report/json_parts.h"
#include "report/model.h"

/* A text that is not known is "" in this part of the model. */
static void add_stamp(json_t *object, const char *key, const char *stamp)
{
	part_add_text(object, key, *stamp != '\0' ? stamp : NULL);
}

/* {"text": count}; what found no room is under no name. */
static json_t *part_counted(const struct report_count *rows, size_t count)
{
	json_t *object = json_object();

	for (size_t i = 0; i < count; i++)
		part_add_count(object, rows[i].text, rows[i].count);
	return object;
}

json_t *part_tally(const struct report_counts *counts)
{
	return part_counted(counts->rows, counts->count);
}

static void add_counts(json_t *object, const char *key, const struct report_counts *counts)
{
	part_add(object, key, part_tally(counts));
}

static json_t *part_strangers(const struct report_mail *mail)
{
	json_t *strangers = part_headed("first", *mail->strangers_first ? mail->strangers_first : NULL);
	json_t *hours = json_array(), *prefixes = json_array();

	add_stamp(strangers, "last", mail->strangers_last);
	part_add_count(strangers, "messages", mail->messages);
	part_add_count(strangers, "recipients", mail->recipients);
	part_add_count(strangers, "deferred", mail->deferred);
	part_add_count(strangers, "bounced", mail->bounced);
	add_counts(strangers, "clients", &mail->clients);
	part_add_count(strangers, "other_clients", mail->clients.others);
	add_counts(strangers, "senders", &mail->senders);
	add_counts(strangers, "domains", &mail->domains);
	for (size_t i = 0; i < REPORT_PREFIXES; i++)
		if (json_array_append_new(prefixes, part_counted(mail->prefixes[i].rows, mail->prefixes[i].count)) != 0)
			BUG("a list that cannot grow");
	part_add(strangers, "prefixes", prefixes);
	for (size_t i = 0; i < REPORT_HOURS; i++)
		if (json_array_append_new(hours, json_integer((json_int_t)mail->hours[i])) != 0)
			BUG("a list that cannot grow");
	part_add(strangers, "hours", hours);
	return strangers;
}

static json_t *part_denied(const struct report_mail *mail)
{
	json_t *denied = json_object();

	part_add_count(denied, "total", mail->denied);
	part_add(denied, "causes", part_counted(mail->causes, REPORT_CAUSES));
	add_counts(denied, "clients", &mail->denied_clients);
	part_add_count(denied, "other_clients", mail->denied_clients.others);
	return denied;
}

json_t *part_stray(const struct report_stray *stray)
{
	json_t *row = part_headed("when", *stray->when ? stray->when : NULL);

	part_add_text(row, "client", stray->client);
	part_add_text(row, "sender", stray->sender);
	part_add_text(row, "domain", stray->domain);
	return row;
}

json_t *part_source(const struct report_source *source)
{
	json_t *row = part_headed("name", source->name);

	part_add_text(row, "makes", source->makes);
	part_add_count(row, "lines", source->lines);
	part_add_text(row, "fault", source->fault);
	return row;
}

static json_t *part_grants(const struct report_mail *mail)
{
	json_t *list = json_array();

	for (size_t i = 0; i < mail->grant_count; i++) {
		json_t *row = part_headed("source", mail->grants[i].source);

		part_add_text(row, "setting", mail->grants[i].setting);
		part_add_text(row, "value", mail->grants[i].value);
		part_add_text(row, "covers", mail->grants[i].covers);
		part_add_count(row, "clients", mail->grants[i].clients);
		part_add_count(row, "messages", mail->grants[i].messages);
		if (json_array_append_new(list, row) != 0)
			BUG("a list that cannot grow");
	}
	return list;
}

json_t *part_mail(const struct report_mail *mail)
{
	json_t *row = part_headed("first", *mail->first ? mail->first : NULL), *sources = json_array(), *run;

	add_stamp(row, "last", mail->last);
	part_add(row, "strangers", part_strangers(mail));
	part_add_count(row, "accepted_not_delivered", mail->accepted_not_delivered);
	part_add_count(row, "delivered_origin_unknown", mail->delivered_origin_unknown);
	part_add(row, "denied", part_denied(mail));
	part_add_count(row, "lost_input_channel", mail->lost_input_channel);
	part_add_count(row, "backscatter", mail->backscatter);
	part_add_count(row, "lines", mail->lines);
	part_add_count(row, "lines_not_understood", mail->lines_not_understood);
	part_add_count(row, "lines_of_others", mail->lines_of_others);
	part_add_count(row, "messages_without_end", mail->messages_without_end);
	if (mail->run != NULL) {
		run = part_headed("id", mail->run);
		part_add_count(run, "attempts", mail->run_attempts);
		add_counts(run, "clients", &mail->run_clients);
		part_add(row, "run", run);
	}
	for (size_t i = 0; i < mail->source_count; i++)
		if (json_array_append_new(sources, part_source(&mail->sources[i])) != 0)
			BUG("a list that cannot grow");
	part_add(row, "sources", sources);
	if (mail->grants_known) {
		part_add(row, "grants", part_grants(mail));
		part_add_count(row, "clients_by_no_grant", mail->clients_by_none);
		part_add_count(row, "messages_by_no_grant", mail->messages_by_none);
	}
	return row;
}
