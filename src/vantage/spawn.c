/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawn.c - vantages behind a command: exec, and ssh
 *
 * The command is run once for each connection.  It is given the address that was
 * approved, never the name: what the far side would make of a name is nobody's word here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/child.h"
#include "vantage/vantage_kind.h"
#include "vantage/words.h"

/* The kind's `way`.  The dial comes first, so that a pointer to it is one to the whole. */
struct spawn {
	struct dial dial;
	struct children *children;
	struct words command;
	bool brackets;                  /* an IPv6 address goes into them */
	char client[ADDRESS_TEXT];      /* "" where none was named */
	void (*judge)(const struct child_end *end, struct err *err);
};

enum {
	/* Of standard error, for a sentence. */
	SAID_LINES = 3,
	/* What a command may say on its standard output before the server does: a few lines. */
	PROLOGUE_MOST = 4096,
	SAID_SHOWN = 300
};

static void *call(struct dial *dial, struct event_base *base, const struct address *to, const struct call_events *events,
		  void *context, struct err *err)
{
	struct spawn *spawn = (struct spawn *)dial;
	char address[ADDRESS_TEXT], host[ADDRESS_TEXT + 2], port[8];
	const struct word_values values = { host, port, spawn->client[0] ? spawn->client : NULL };
	struct words filled;
	struct child *child;

	address_print(to, address);
	snprintf(host, sizeof host, spawn->brackets && to->family == AF_INET6 ? "[%s]" : "%s", address);
	snprintf(port, sizeof port, "%u", (unsigned)to->port);
	words_fill(&spawn->command, &values, &filled);
	const struct child_order order = { .argv = filled.texts, .to = *to, .judge = spawn->judge };

	child = child_call(spawn->children, base, &order, events, context, err);
	words_release(&filled);
	return child;
}

/* The last lines of what it complained of, escaped: "one; two". */
static void print_last_words(const char *said, struct buf *to)
{
	size_t len = strlen(said), lines = 0;
	const char *from;

	while (len != 0 && strchr("\r\n ", said[len - 1]) != NULL)
		len--;
	for (from = said + len; from > said && len - (size_t)(from - said) < SAID_SHOWN; from--)
		if (from[-1] == '\n' && ++lines == SAID_LINES)
			break;
	len -= (size_t)(from - said);
	while (len != 0) {
		const char *end = memchr(from, '\n', len);
		size_t line = end ? (size_t)(end - from) : len, next = line + (end != NULL);

		if (line != 0 && from[line - 1] == '\r')
			line--;
		if (line != 0 && to->len != 0)
			buf_text(to, "; ");
		text_escape(to, from, line);
		from += next;
		len -= next;
	}
}

static void tell_failure(const struct child_end *end, struct err *err)
{
	struct buf said = BUF_INIT(SAID_SHOWN + 100);

	print_last_words(end->said, &said);
	err_set(err, ERR_WAY, "the command '%.60s' %s %d%s%s", end->program, end->signal == 0 ? "ended with status" : "was killed by signal",
		end->signal == 0 ? end->status : end->signal, said.len ? ": " : "", said.data);
	buf_release(&said);
}

/* A line that says "refused" and names the server's address: it is the server's port where nobody listens. */
static bool tells_refusal(const struct child_end *end)
{
	char address[ADDRESS_TEXT];
	bool found = false;

	address_print(&end->to, address);
	for (const char *line = end->said; line != NULL && !found; line = strchr(line, '\n')) {
		line += *line == '\n';
		char *copy = mem_bytes(line, strcspn(line, "\n"));

		found = text_find_nocase(copy, "refused") != NULL && strstr(copy, address) != NULL;
		free(copy);
	}
	return found;
}

static void judge_command(const struct child_end *end, struct err *err)
{
	if (end->status == 0 && end->signal == 0)
		return;
	if (tells_refusal(end))
		err_set(err, ERR_REFUSED, "connection refused");
	else
		tell_failure(end, err);
}

/* "channel 0: open failed: connect failed: Connection refused": the far side is fine, and nobody listens at the server. */
static void judge_ssh(const struct child_end *end, struct err *err)
{
	if (end->status == 0 && end->signal == 0)
		return;
	if (strstr(end->said, "open failed: connect failed: Connection refused") != NULL)
		err_set(err, ERR_REFUSED, "connection refused");
	else
		tell_failure(end, err);
}

static struct spawn *spawn_new(struct vantage *vantage, struct words *command, void (*judge)(const struct child_end *, struct err *))
{
	struct spawn *spawn = mem_new(sizeof *spawn);

	spawn->dial = (struct dial){ .call = call, .explain = child_explain, .hang_up = child_hang_up };
	spawn->children = children_new();
	spawn->command = *command;
	spawn->judge = judge;
	if (vantage->client.family != 0)
		address_print(&vantage->client, spawn->client);
	vantage->way = spawn;
	return spawn;
}

static void release(struct vantage *vantage)
{
	struct spawn *spawn = vantage->way;

	if (spawn == NULL)
		return;
	children_free(spawn->children);
	words_release(&spawn->command);
	free(spawn);
}

static void assume(struct vantage *vantage)
{
	struct spawn *spawn = vantage->way;

	address_print(&vantage->client, spawn->client);
}

static void prepare(const struct vantage *vantage, struct session_settings *settings)
{
	settings->dial = vantage->way;
	/* exim -bh: "**** SMTP testing session as if from host 203.0.113.9" */
	settings->prologue_most = PROLOGUE_MOST;
}

/* As the shell's command -v: the file itself, or one in PATH. */
static bool is_program(const char *name)
{
	const char *path = getenv("PATH");
	bool found = false;

	if (strchr(name, '/') != NULL)
		return access(name, X_OK) == 0;
	char *copy = mem_text(path ? path : "/bin:/usr/bin"), *rest = copy, *directory;

	while (!found && (directory = strsep(&rest, ":")) != NULL) {
		char *file = mem_printf("%s/%s", directory[0] ? directory : ".", name);

		found = access(file, X_OK) == 0;
		free(file);
	}
	free(copy);
	return found;
}

static int parse_exec(const char *rest, struct vantage *vantage, struct err *err)
{
	struct words command;

	if (words_split(rest, &command, err) != 0)
		return err_prefix(err, "exec");
	if (!is_program(command.texts[0]))
		err_set(err, ERR_USAGE, "exec: there is no program '%.80s' here", command.texts[0]);
	else if (vantage->any_client && (!words_name(&command, "client") || vantage->client.family != 0))
		err_set(err, ERR_USAGE, "exec: every client is simulated: the command wants a {client}, and none is named behind it");
	else if (!vantage->any_client && words_name(&command, "client") && vantage->client.family == 0)
		err_set(err, ERR_USAGE, "exec: the command wants a {client}: name one behind it, as ?client=203.0.113.9");
	else {
		spawn_new(vantage, &command, judge_command);
		/* What needs no address reaches the same server by every endpoint. */
		vantage->once = !words_name(&command, "host") && !words_name(&command, "port");
		return 0;
	}
	words_release(&command);
	return -1;
}

static bool is_plain(const char *text, const char *also)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (text[0] == '\0' || text[0] == '-')
		return false;
	while (*(text += strspn(text, plain)) != '\0' && strchr(also, *text) != NULL)
		text++;
	return *text == '\0';
}

/* "[USER@]HOST[:PORT]", an IPv6 address in brackets where a port follows; in place.  `port` is NULL where there is none. */
static int read_place(char *text, char **user, char **host, char **port, struct err *err)
{
	char *at = strrchr(text, '@'), *colon;

	*user = at ? text : NULL;
	*host = at ? at + 1 : text;
	if (at != NULL)
		*at = '\0';
	colon = strrchr(*host, ':');
	/* More than one colon and no brackets: an address without a port. */
	if (colon != NULL && (*host)[0] != '[' && strchr(*host, ':') != colon)
		colon = NULL;
	if (colon != NULL && (*host)[0] == '[' && colon[-1] != ']')
		colon = NULL;
	*port = colon ? colon + 1 : NULL;
	if (colon != NULL)
		*colon = '\0';
	if ((*host)[0] == '[' && (*host)[strlen(*host) - 1] == ']') {
		(*host)[strlen(*host) - 1] = '\0';
		++*host;
	}
	if (*user != NULL && !is_plain(*user, "+@\\"))
		return err_set(err, ERR_USAGE, "ssh: '%.60s' is not a user's name", *user);
	if (!is_plain(*host, ":%"))
		return err_set(err, ERR_USAGE, "ssh: '%.80s' is not a host: ssh:[USER@]HOST[:PORT]", *host);
	if (*port != NULL && text_number(*port, 1, 65535) < 0)
		return err_set(err, ERR_USAGE, "ssh: '%.40s' is not a port: 1 to 65535", *port);
	return 0;
}

/*
 * -W is one connection and nothing else; BatchMode asks nobody.  Everything else is the operator's own configuration: keys,
 * jump hosts, names, multiplexing.
 */
static int parse_ssh(const char *rest, struct vantage *vantage, struct err *err)
{
	char *place = mem_text(rest), *user, *host, *port;
	struct words command = { .count = 0 };
	int result = read_place(place, &user, &host, &port, err);

	if (result == 0) {
		const char *const words[] = {
			"ssh", "-T", "-o", "BatchMode=yes", port ? "-p" : NULL, port, user ? "-l" : NULL, user, "-W", "{host}:{port}", "--", host,
		};

		command.texts = mem_new((sizeof words / sizeof *words + 1) * sizeof *command.texts);
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (words[i] != NULL)
				command.texts[command.count++] = mem_text(words[i]);
		spawn_new(vantage, &command, judge_ssh)->brackets = true;
	}
	free(place);
	return result;
}

const struct vantage_kind vantage_exec = {
	.scheme = "exec",
	.usage = "exec:COMMAND",
	.about = "a command that is the connection: {host} {port} {client}",
	.takes = PARAMETER_CLIENT,
	.blanks = true,
	.parse = parse_exec,
	.assume = assume,
	.release = release,
	.prepare = prepare,
};

const struct vantage_kind vantage_ssh = {
	.scheme = "ssh",
	.usage = "ssh:[USER@]HOST[:PORT]",
	.about = "a host that ssh reaches, with nothing installed there",
	.takes = PARAMETER_CLIENT,
	.parse = parse_ssh,
	.release = release,
	.prepare = prepare,
};
