/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_BEARING_H
#define AUDIT_BEARING_H

/*
 * What configuration, scan and log say about each other: a grant that a client of
 * the scan used, and that strangers' mail came through.  Pure.
 */

struct audit;
struct config;
struct findings;
struct strangers;

/* NULL: there is none. */
struct bearing {
	const struct config *config;
	const struct audit *audit;      /* judged */
	const struct strangers *mail;   /* sorted */
};

/*
 * Adds evidence to the findings of all three: to a grant's, which vantages inside it were accepted, and how many strangers'
 * messages came from there; to what was accepted and to strangers' mail, the grants behind it.
 */
void bearing_add(const struct bearing *bearing, struct findings *findings);

#endif
