/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_POSTFIX_H
#define MTA_POSTFIX_H

/*
 * What the files of Postfix's reader share, and nobody else: the configuration as a
 * whole, a service's view of it, and lists with the place of each item.
 */

#include "mta/config.h"
#include "mta/config_files.h"
#include "mta/postfix_main.h"

struct postfix_list;
struct postfix_table;

/* One smtpd in master.cf. */
struct postfix_service {
	const char *name;               /* "smtp", "127.0.0.1:10025" */
	const char *place;              /* "master.cf:12" */
	bool inet;                      /* it listens on the network, and not behind postscreen */
	struct postfix_settings over;   /* its own parameters; where it has none, main.cf's */
	const char *fault;              /* why it would not serve, in a sentence; NULL */
	const char *fault_place;
};

/* A word of a list. */
struct postfix_item {
	const char *text;               /* expanded */
	const char *source;             /* "main.cf:12", where it stands */
	const char *setting;            /* the parameter that it stands in */
};

struct postfix_items {
	struct postfix_item *rows;
	size_t count;
	size_t capacity;
	unsigned references;            /* that were followed for it */
};

struct postfix {
	struct config *config;          /* borrowed */
	struct config_files files;
	const char *directory;          /* of main.cf, below the root */
	struct postfix_settings told;   /* the defaults of this very Postfix, where it was asked */
	struct postfix_settings main;
	struct postfix_service **services; /* the first takes mail from outside */
	size_t service_count;
	size_t service_capacity;
	struct postfix_table **tables;
	size_t table_count;
	size_t table_capacity;
	struct postfix_kept_list {
		const struct postfix_settings *settings; /* of which view */
		struct postfix_list *list;
	} *lists;
	size_t list_count;
	size_t list_capacity;
	struct postfix_items classes;   /* the names of restriction classes, as the settings below have them */
	const struct postfix_settings *classes_of;
	struct config_own *own;
	size_t own_count;
};

enum {
	/* A list longer than this is none that a person keeps. */
	POSTFIX_ITEMS_MOST = 100000
};

/*
 * The words of a parameter, those of the parameters that it names with their own places.  Braces keep words together.
 * -1 where Postfix would fail to expand it, or a bound is reached; there are none then.
 */
int postfix_items_read(struct postfix *postfix, const struct postfix_settings *settings, const char *name, struct postfix_items *items,
		       struct err *err);

/* The words of a text of which all stands in one place. */
int postfix_items_split(struct postfix *postfix, const char *text, const char *source, const char *setting, struct postfix_items *items,
			struct err *err);
void postfix_items_release(struct postfix_items *items);

/* The next word of a text, braces kept together; NULL at its end.  `len` is its length, `at` then behind it. */
const char *postfix_word(const char **at, const char *separators, size_t *len);

/* The file's name as it is shown: without the directory of main.cf. */
const char *postfix_file_name(struct postfix *postfix, const char *path);

#endif
