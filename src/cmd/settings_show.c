/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings_show.c - the merged settings, as a configuration file
 *
 * What is printed can be read back, and says the same.  Values are put in quotes
 * wherever YAML might see more in them than text.
 */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "cmd/settings.h"

enum { COMMENT_COLUMN = 48 };

/* Letters, digits and marks that mean nothing to YAML wherever they stand. */
static bool is_plain(const char *text)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/.";
	static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@=";

	return text[0] != '\0' && strchr(first, text[0]) != NULL && text[strspn(text, others)] == '\0';
}

/* The bytes of a character and its number; a byte that is none of UTF-8 stands for itself. */
static size_t take_character(const unsigned char *at, unsigned *number)
{
	size_t len = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : at[0] >= 0xc0 ? 2 : 1;
	unsigned value = len == 1 ? at[0] : at[0] & (0xffu >> (len + 1));

	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80) {
			*number = at[0];
			return 1;
		}
		value = value << 6 | (at[i] & 0x3f);
	}
	*number = value;
	return len;
}

static void quote(struct buf *to, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	buf_char(to, '"');
	while (*at != '\0') {
		unsigned number;

		at += take_character(at, &number);
		if (number == '"' || number == '\\')
			buf_printf(to, "\\%c", (int)number);
		else if (number >= ' ' && number <= '~')
			buf_char(to, (char)number);
		else
			buf_printf(to, number < 0x100 ? "\\x%02x" : number < 0x10000 ? "\\u%04x" : "\\U%08x", number);
	}
	buf_char(to, '"');
}

/* Between "://" and '@', what stands behind the first colon; 0 where there is none. */
static size_t find_password(const char *text, size_t *len)
{
	const char *start = strstr(text, "://"), *end, *at = NULL;

	if (start == NULL)
		return 0;
	start += 3;
	end = start + strcspn(start, "/?#");
	for (const char *byte = start; byte < end; byte++)
		if (*byte == '@')
			at = byte;
	start = at ? memchr(start, ':', (size_t)(at - start)) : NULL;
	if (start == NULL)
		return 0;
	*len = (size_t)(at - start);
	return (size_t)(start - text);
}

/* True when a password was left out. */
static bool put_text(struct buf *to, const char *text)
{
	struct buf shown = BUF_OWN;
	size_t len = 0, at = find_password(text, &len);

	buf_add(&shown, text, at ? at : strlen(text));
	if (at != 0)
		buf_text(&shown, text + at + len);
	if (is_plain(shown.data))
		buf_text(to, shown.data);
	else
		quote(to, shown.data);
	buf_release(&shown);
	return at != 0;
}

static bool put_list(struct buf *to, const struct option_list *list)
{
	bool hidden = false;

	buf_char(to, '[');
	for (size_t i = 0; i < list->count; i++) {
		buf_text(to, i ? ", " : "");
		hidden = put_text(to, list->texts[i]) || hidden;
	}
	buf_char(to, ']');
	return hidden;
}

/* "30", "0.2": microseconds as seconds. */
static void put_seconds(struct buf *to, int64_t value)
{
	char text[40];
	size_t len;

	snprintf(text, sizeof text, "%" PRId64 ".%06" PRId64, value / CLOCK_S, value % CLOCK_S);
	for (len = strlen(text); text[len - 1] == '0'; len--)
		;
	buf_add(to, text, text[len - 1] == '.' ? len - 1 : len);
}

struct printer {
	const struct settings *settings;
	FILE *to;
	struct buf line;
};

static void put_origin(const struct settings *settings, const struct setting *setting, struct buf *to)
{
	static const char *const names[] = { "default", "", "environment", "option" };

	if (setting->origin == SETTING_FILE)
		buf_printf(to, "%s:%u", settings->path, setting->line);
	else
		buf_text(to, names[setting->origin]);
}

static void finish_line(struct printer *printer, const struct setting *setting, bool hidden)
{
	struct buf origin = BUF_OWN;

	put_origin(printer->settings, setting, &origin);
	fprintf(printer->to, "%-*s # %s%s\n", COMMENT_COLUMN, printer->line.data, origin.data, hidden ? ", without its password" : "");
	buf_reset(&printer->line);
	buf_release(&origin);
}

static void finish_at(struct printer *printer, unsigned line, bool hidden)
{
	const struct setting setting = { SETTING_FILE, line };

	finish_line(printer, &setting, hidden);
}

/* Whether there is a value to show. */
static bool put_value(const struct option_row *row, const void *member, struct buf *to, bool *hidden)
{
	switch (row->kind) {
	case OPTION_FLAG:
		buf_text(to, *(const bool *)member ? "yes" : "no");
		return true;
	case OPTION_COUNT:
		buf_printf(to, "%u", *(const unsigned *)member);
		return true;
	case OPTION_SECONDS:
		put_seconds(to, *(const int64_t *)member);
		return true;
	case OPTION_LIST:
		if (((const struct option_list *)member)->count == 0)
			return false;
		*hidden = put_list(to, member);
		return true;
	case OPTION_TEXT:
	case OPTION_PLACE:
		if (*(const char *const *)member == NULL)
			return false;
		*hidden = put_text(to, *(const char *const *)member);
		return true;
	}
	return false;
}

static void show_option(struct printer *printer, size_t index)
{
	const struct option_row *row = &printer->settings->rows[index];
	const void *member = (const char *)printer->settings->values + row->offset;
	struct buf value = BUF_OWN;
	bool hidden = false;

	if (put_value(row, member, &value, &hidden)) {
		buf_printf(&printer->line, "%s: %s", row->key, value.data);
		finish_line(printer, &printer->settings->origins[index], hidden);
	} else {
		fprintf(printer->to, "# %s: not set; %s\n", row->key, row->about);
	}
	buf_release(&value);
}

static void show_member(struct printer *printer, const char *key, const char *text, unsigned line)
{
	bool hidden;

	if (text == NULL)
		return;
	buf_printf(&printer->line, "    %s: ", key);
	hidden = put_text(&printer->line, text);
	finish_at(printer, line, hidden);
}

static void show_members(struct printer *printer, const char *key, const struct option_list *list, unsigned line)
{
	if (list->count == 0)
		return;
	buf_printf(&printer->line, "    %s: ", key);
	put_list(&printer->line, list);
	finish_at(printer, line, false);
}

static void show_name(struct printer *printer, const char *name, unsigned line)
{
	buf_text(&printer->line, "  ");
	put_text(&printer->line, name);
	buf_char(&printer->line, ':');
	finish_at(printer, line, false);
}

static void show_targets(struct printer *printer)
{
	const struct settings *settings = printer->settings;

	fputs(settings->target_count ? "targets:\n" : "# targets: not set; the servers that may be tested\n", printer->to);
	for (size_t i = 0; i < settings->target_count; i++) {
		const struct target_setting *target = &settings->targets[i];

		show_name(printer, target->name, target->line);
		show_member(printer, "host", target->host, target->lines[0]);
		show_member(printer, "local-user", target->local_user, target->lines[1]);
		show_members(printer, "addresses", &target->addresses, target->lines[2]);
		show_members(printer, "domains", &target->domains, target->lines[3]);
		show_members(printer, "endpoints", &target->endpoints, target->lines[4]);
	}
}

/* As --from takes them: they may have no names. */
static void show_vantage_texts(struct printer *printer, const struct option_list *texts, const struct setting *setting)
{
	bool hidden;

	buf_text(&printer->line, "vantages: ");
	hidden = put_list(&printer->line, texts);
	finish_line(printer, setting, hidden);
}

static void show_vantages(struct printer *printer, size_t row)
{
	const struct settings *settings = printer->settings;
	const struct option_list *texts = (const void *)((const char *)settings->values + settings->rows[row].offset);
	const struct setting *setting = &settings->origins[row];
	const struct vantage_setting *first = settings->vantages;

	if (setting->origin > SETTING_FILE) {
		show_vantage_texts(printer, texts, setting);
	} else if (settings->vantage_count == 0) {
		fputs("# vantages: not set; local alone\n", printer->to);
	} else if (first->via == NULL) {
		struct option_list list = { .count = 0 };

		for (size_t i = 0; i < settings->vantage_count; i++)
			option_list_add(&list, first[i].text);
		show_vantage_texts(printer, &list, &(struct setting){ SETTING_FILE, first->line });
		option_list_release(&list);
	} else {
		fputs("vantages:\n", printer->to);
		for (const struct vantage_setting *vantage = first; vantage < first + settings->vantage_count; vantage++) {
			show_name(printer, vantage->name, vantage->line);
			show_member(printer, "via", vantage->via, vantage->lines[0]);
			show_member(printer, "expect", vantage->expect, vantage->lines[1]);
			show_member(printer, "helo", vantage->helo, vantage->lines[2]);
			show_member(printer, "ca", vantage->ca, vantage->lines[3]);
			show_member(printer, "certificate", vantage->certificate, vantage->lines[4]);
			show_member(printer, "key", vantage->key, vantage->lines[5]);
		}
	}
}

static void show_exceptions(struct printer *printer)
{
	const struct exceptions *exceptions = &printer->settings->exceptions;

	fputs(exceptions->count ? "ignore:\n" : "# ignore: not set; no finding is excused\n", printer->to);
	for (size_t i = 0; i < exceptions->count; i++) {
		const struct exception *row = &exceptions->rows[i];
		const char *const members[][2] = { { "where", row->where }, { "reason", row->reason }, { "expires", row->expires } };

		fprintf(printer->to, "%-*s # %s\n", COMMENT_COLUMN, "  -", row->source);
		fprintf(printer->to, "    finding: %s\n", row->finding);
		for (size_t k = 0; k < sizeof members / sizeof *members; k++) {
			if (members[k][1] == NULL)
				continue;
			put_text(&printer->line, members[k][1]);
			fprintf(printer->to, "    %s: %s\n", members[k][0], printer->line.data);
			buf_reset(&printer->line);
		}
	}
}

void settings_show(const struct settings *settings, FILE *to)
{
	struct printer printer = { .settings = settings, .to = to, .line = BUF_OWN };
	size_t vantages = 0;

	fprintf(to, "# relayaudit.yml: %s\n", settings->path ? settings->path : "there is none");
	for (size_t i = 0; settings->rows[i].name != NULL; i++) {
		if (settings->rows[i].key != NULL && strcmp(settings->rows[i].key, "vantages") == 0)
			vantages = i;
		else if (settings->rows[i].key != NULL)
			show_option(&printer, i);
	}
	if (settings->networks.count != 0) {
		buf_text(&printer.line, "own-networks: ");
		put_list(&printer.line, &settings->networks);
		finish_at(&printer, settings->networks_line, false);
	} else {
		fputs("# own-networks: not set\n", to);
	}
	show_vantages(&printer, vantages);
	show_targets(&printer);
	show_exceptions(&printer);
	buf_release(&printer.line);
}
