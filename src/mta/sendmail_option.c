/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_option.c - the few options that matter to who may relay
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/sendmail.h"

#define BLANKS " \t\n\v\f\r"

static bool is_true(const char *value)
{
	return *value == '\0' || strchr("tTyY1", *value) != NULL;
}

static void set_blank(struct sendmail *sendmail, const char *value)
{
	sendmail->blank = *value != '\0' ? *value : ' ';
}

static void set_delivery(struct sendmail *sendmail, const char *value)
{
	sendmail->delivery = *value != '\0' ? *value : 'b';
}

static void set_operators(struct sendmail *sendmail, const char *value)
{
	sendmail->operators = pool_text(sendmail->config->pool, value);
}

static void set_short_six(struct sendmail *sendmail, const char *value)
{
	sendmail->short_six = is_true(value);
}

static void set_probe(struct sendmail *sendmail, const char *value)
{
	sendmail->skips_loopback = text_equal_nocase(value, "loopback");
	sendmail->skips_interfaces = !sendmail->skips_loopback && is_true(value);
}

/* As getmodifiers() and the macro have it: capital letters twice, each with a blank behind it. */
static const char *flags_of(struct sendmail *sendmail, const char *modifiers)
{
	char text[200];
	size_t len = 0;

	for (; *modifiers != '\0' && len + 4 < sizeof text; modifiers++) {
		text[len++] = *modifiers;
		if (*modifiers >= 'A' && *modifiers <= 'Z')
			text[len++] = *modifiers;
		text[len++] = ' ';
	}
	return pool_bytes(sendmail->config->pool, text, len);
}

static void set_daemon_part(struct sendmail *sendmail, struct sendmail_daemon *daemon, char key, const char *value)
{
	switch (key) {
	case 'F':
	case 'f':
		daemon->family = text_equal_nocase(value, "inet6") ? AF_INET6 : text_equal_nocase(value, "inet") ? AF_INET : 0;
		break;
	case 'N':
	case 'n':
		daemon->name = config_shown(sendmail->config, value, strlen(value));
		break;
	case 'P':
	case 'p':
		daemon->is_mx_port = text_equal_nocase(value, "smtp") || strcmp(value, "25") == 0;
		break;
	case 'M':
	case 'm':
		daemon->flags = flags_of(sendmail, value);
		daemon->wants_login = strchr(value, 'a') != NULL;
		break;
	}
}

static void set_daemon(struct sendmail *sendmail, const char *value)
{
	struct sendmail_daemon daemon = { .name = NULL, .family = AF_INET, .is_mx_port = true, .flags = "" };
	char *copy, *save = NULL;

	if (sendmail->daemon_count >= SENDMAIL_DAEMONS_MOST)
		return;
	copy = mem_text(value);
	for (char *part = strtok_r(copy, ",", &save); part != NULL; part = strtok_r(NULL, ",", &save)) {
		char *equals = strchr(part, '=');

		part += strspn(part, BLANKS);
		if (equals == NULL)
			continue;
		equals += 1 + strspn(equals + 1, BLANKS);
		equals[strcspn(equals, BLANKS)] = '\0';
		set_daemon_part(sendmail, &daemon, *part, equals);
	}
	free(copy);
	if (daemon.name == NULL)
		daemon.name = config_text(sendmail->config, "Daemon%zu", sendmail->daemon_count);
	MEM_ROOM(sendmail->daemons, sendmail->daemon_count, sendmail->daemon_capacity);
	sendmail->daemons[sendmail->daemon_count++] = daemon;
}

static const struct {
	const char *name;
	char letter;                    /* as older files write it; NUL: none */
	void (*set)(struct sendmail *sendmail, const char *value);
} options[] = {
	{ "BlankSub", 'B', set_blank },
	{ "DeliveryMode", 'd', set_delivery },
	{ "OperatorChars", '\0', set_operators },
	{ "UseCompressedIPv6Addresses", '\0', set_short_six },
	{ "DontProbeInterfaces", '\0', set_probe },
	{ "DaemonPortOptions", 'O', set_daemon },
};

void sendmail_option(struct sendmail *sendmail, const char *text)
{
	char *copy, *name, *value;

	if (*text == '\0')
		return;
	copy = mem_text(text);
	name = copy + 1;
	name += strspn(name, BLANKS);
	value = strchr(name, '=');
	if (value != NULL)
		*value++ = '\0';
	name[strcspn(name, BLANKS)] = '\0';
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		if (*text == ' ' ? text_equal_nocase(options[i].name, name) : options[i].letter != '\0' && *text == options[i].letter) {
			const char *given = *text != ' ' ? text + 1 : value != NULL ? value + strspn(value, BLANKS) : "";

			options[i].set(sendmail, given);
			break;
		}
	}
	free(copy);
}
