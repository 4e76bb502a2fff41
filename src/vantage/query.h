/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VANTAGE_QUERY_H
#define VANTAGE_QUERY_H

/*
 * The parameters behind a vantage's URI: "?expect=relay&port=10025".
 */

struct err;
struct origin;
struct vantage;
struct vantage_kind;

/*
 * Cuts the parameters off the URI and returns where they begin, behind the "?"; NULL where there are none.  In a command
 * a "?" is one of the command's own, unless the last of them has nothing but parameters, or nothing at all, behind it.
 */
char *query_cut(const struct vantage_kind *kind, char *uri);

/* Reads them into the vantage; what is unknown, not for this kind, or said twice is told. */
int query_read(const struct vantage_kind *kind, const char *query, struct vantage *vantage, struct err *err);

/* The words that stand for an end of ours, and for a client's address: as parameters, and behind a kind's colon. */
int origin_parse(const char *text, struct origin *origin, struct err *err);
int client_parse(const char *text, struct vantage *vantage, struct err *err);

#endif
