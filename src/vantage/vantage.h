/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VANTAGE_VANTAGE_H
#define VANTAGE_VANTAGE_H

/*
 * From where: the places from which dialogues are driven, with their names and
 * what is expected of each.
 */

#include <stdbool.h>
#include <stddef.h>

#include "net/stream.h"

struct err;
struct vantage_kind;

enum expect { EXPECT_DENY, EXPECT_RELAY };

struct vantage {
	char *name;
	char *via;                      /* the URI, without "?expect=" */
	enum expect expect;
	const struct vantage_kind *kind;
	struct origin origin;
	char *helo;                     /* its own name, for EHLO; set by the scan */
};

/* "[NAME=]URI[?expect=deny|relay]".  Without a name, the URI is the name. */
struct vantage *vantage_parse(const char *text, struct err *err);
void vantage_free(struct vantage *vantage);

/* Whether connections to addresses of that family can be made from here. */
bool vantage_has_family(const struct vantage *vantage, int family);

const char *expect_name(enum expect expect);

/* The kinds, for --help; NULL at the end. */
const struct vantage_kind *vantage_kind_at(size_t index);

#endif
