/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAKE_PLACE_H
#define TESTS_FAKE_PLACE_H

/*
 * A root of files below /tmp, in which a mail server's configuration is read as that of
 * another machine.  What goes wrong with it fails the test.
 */

#include <stddef.h>

#include "base/err.h"
#include "mta/config_kind.h"

struct place;

/* With a directory in which names that begin with no slash lie: "/etc/postfix".  Freed, with all that is in it, by place_drop(). */
struct place *place_make(const char *directory);
void place_drop(struct place *place);

const char *place_root(const struct place *place);

/* Where a file lies, for calls of the system; the directories above it are there.  The caller's to free. */
char *place_path(const struct place *place, const char *name);

/* Writes a file, and anew where it is there. */
void place_put(const struct place *place, const char *name, const char *text);
void place_put_bytes(const struct place *place, const char *name, const void *bytes, size_t len);

/*
 * As the reader's own read(), of the files that it finds, or of `path` where that is not NULL.  The configuration's
 * pool is the caller's to free, whatever it returns.
 */
int place_read(const struct place *place, const struct config_kind *kind, const char *path, struct config *config, struct err *err);

/* The same of a server that has to be found, and read. */
void place_must_read(const struct place *place, const struct config_kind *kind, const char *path, struct config *config);

/* The word for the first answer to a client, "permit"; `name`: its PTR name, or NULL.  It has to have a reason. */
const char *place_answer(const struct config *config, const char *address, const char *name);

/* All of them, "smtp=permit submission=reject"; without services where `services` is false. */
void place_answers(const struct config *config, const char *address, const char *name, bool services, char *text, size_t size);

/* The first fact of a kind; NULL: there is none. */
const struct fact *place_fact(const struct config *config, enum fact_kind kind);

#endif
