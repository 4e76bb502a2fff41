/* SPDX-License-Identifier: Apache-2.0 */
/*
 * topic.c - relayaudit help TOPIC: the manual page
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"
#include "cmd/command.h"
#include "cmd/completion.h"

/* Pages of section 5, by what people call them. */
static const struct {
	const char *topic, *page;
} files[] = {
	{ "relayaudit.yml", "relayaudit.yml" },
	{ "file", "relayaudit.yml" },
	{ "probe", "relayaudit-probe" },
	{ "agent.yml", "relayaudit-agent.yml" },
};

/* The page's name, the caller's; NULL where there is none, with the nearest topic. */
static char *page_of(const struct command *const *commands, const char *topic, struct nearest *nearest)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (strcmp(commands[i]->name, topic) == 0)
			return mem_printf("relayaudit-%s", topic);
		nearest_offer(nearest, commands[i]->name);
	}
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		if (strcmp(files[i].topic, topic) == 0)
			return mem_text(files[i].page);
		nearest_offer(nearest, files[i].topic);
	}
	return NULL;
}

int help_open(const struct command *const *commands, const char *topic, struct err *err)
{
	struct nearest nearest = NEAREST_INIT(topic);
	char *page = page_of(commands, topic, &nearest);

	if (page == NULL)
		return err_set(err, ERR_USAGE, "there is no help on '%.60s', but on each command, probe, relayaudit.yml and agent.yml%s%s%s", topic,
			       nearest.best ? "; was '" : "", nearest.best ? nearest.best : "", nearest.best ? "' meant?" : "");
	fflush(stdout);
	execlp("man", "man", page, (char *)NULL);
	err_set(err, ERR_SYSTEM, "man cannot be run (%s); the page is called %s", strerror(errno), page);
	free(page);
	return -1;
}
