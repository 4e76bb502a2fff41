/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login.c - files with passwords
 */
#include "net/login.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

static const char space[] = " \t\r\n";

/* The next word of a netrc; with quotes around it, as curl takes them, it may hold spaces.  NULL: none is left. */
static char *next_word(const char **at)
{
	const char *from = *at + strspn(*at, space);
	struct buf word = BUF_INIT(LOGIN_FILE_MOST);
	bool quoted = *from == '"';

	if (*from == '\0')
		return NULL;
	for (from += quoted; *from != '\0' && (quoted ? *from != '"' : strchr(space, *from) == NULL); from++) {
		if (quoted && *from == '\\' && from[1] != '\0')
			from++;
		buf_char(&word, *from);
	}
	*at = from + (quoted && *from == '"');
	return word.len != 0 ? buf_detach(&word) : mem_text("");
}

static void wipe(char *text)
{
	if (text != NULL)
		explicit_bzero(text, strlen(text));
	free(text);
}

void login_release(struct login *login)
{
	wipe(login->user);
	wipe(login->password);
	*login = (struct login){ NULL, NULL };
}

static bool is_netrc(const char *text)
{
	struct buf first = BUF_INIT(16);
	bool is;

	text += strspn(text, space);
	buf_add(&first, text, strcspn(text, space));
	text += first.len;
	is = strcmp(first.data, "machine") == 0 || strcmp(first.data, "default") == 0;
	buf_release(&first);
	/* A password may be this word, and then nothing follows. */
	return is && text[strspn(text, space)] != '\0';
}

/* One entry's words, up to the next entry.  Whether it is ours is known at its end only. */
static void read_entry(const char **at, struct login *entry, char **keyword)
{
	while ((*keyword = next_word(at)) != NULL) {
		char **value = strcmp(*keyword, "login") == 0 ? &entry->user : strcmp(*keyword, "password") == 0 ? &entry->password : NULL;

		if (strcmp(*keyword, "machine") == 0 || strcmp(*keyword, "default") == 0 || strcmp(*keyword, "macdef") == 0)
			return;
		if (value != NULL) {
			wipe(*value);
			*value = next_word(at);
		} else if (strcmp(*keyword, "account") == 0) {
			free(next_word(at));
		}
		free(*keyword);
	}
}

static bool find_entry(const char *text, const char *host, const char *user, struct login *login)
{
	char *keyword = next_word(&text);
	bool found = false;

	while (keyword != NULL && !found && strcmp(keyword, "macdef") != 0) {
		struct login entry = { NULL, NULL };
		char *name = strcmp(keyword, "machine") == 0 ? next_word(&text) : NULL;
		bool ours = name == NULL || text_equal_nocase(name, host);

		free(name);
		free(keyword);
		read_entry(&text, &entry, &keyword);
		found = ours && entry.password != NULL && (user == NULL ? entry.user != NULL : entry.user == NULL || strcmp(entry.user, user) == 0);
		if (found && entry.user == NULL)
			entry.user = mem_text(user);
		if (found)
			*login = entry;
		else
			login_release(&entry);
	}
	free(keyword);
	return found;
}

static bool take_line(const char *text, const char *user, struct login *login)
{
	size_t len = strcspn(text, "\r\n"), split = user == NULL ? strcspn(text, ":\r\n") : 0;

	if (len == 0 || (user == NULL && split == len))
		return false;
	login->user = user == NULL ? mem_bytes(text, split) : mem_text(user);
	text += user == NULL ? split + 1 : 0;
	login->password = mem_bytes(text, strcspn(text, "\r\n"));
	return true;
}

int login_read(const char *path, const char *host, const char *user, struct login *login, struct err *err)
{
	struct buf text = BUF_INIT(LOGIN_FILE_MOST);
	bool netrc = false, found = false;
	int result = file_read(path, &text, err);

	if (result == 0) {
		netrc = is_netrc(text.data);
		found = netrc ? find_entry(text.data, host, user, login) : take_line(text.data, user, login);
	}
	if (text.capacity != 0)
		explicit_bzero(text.data, text.len);
	buf_release(&text);
	if (result != 0 || found)
		return result;
	if (netrc)
		return err_set(err, ERR_SYNTAX, "%s: this netrc holds no login for %s", path, host);
	return err_set(err, ERR_SYNTAX, user == NULL ? "%s: USER:PASSWORD is expected on the first line" :
						       "%s: a password is expected on the first line", path);
}
