/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_LEARN_H
#define AUDIT_LEARN_H

/*
 * Writes down in a view what a session of it has shown: the server's name, make
 * and capabilities, its TLS, our address as we know it and as the server names it.
 * May be called as often as there is news; what is known already stays.
 */

struct audit;
struct session_facts;
struct view;

/* The greeting alone: the server may be named to itself before it was opened. */
void learn_greeting(const struct audit *audit, struct view *view, const struct session_facts *facts);

void learn_from(const struct audit *audit, struct view *view, const struct session_facts *facts);

#endif
