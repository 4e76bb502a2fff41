/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_IDENTITY_H
#define REPORT_IDENTITY_H

/*
 * By what a finding is known again: in the next run, in another report of the same
 * server, by those who read SARIF.  There is one identity, and it is made of what no
 * run changes.  Of what stands in a configuration these are id, title, and the last
 * part of the file's name: lines move, and pipelines check out anywhere.  Of all
 * else they are id, target, place, vantage, endpoint, probe and domain.  Findings of
 * one report that are alike in all of that are told apart by their order.
 *
 * FNV-1a, 64 bits: it tells names of the operator's apart, and withstands no
 * attacker.  Nothing that a server says goes into it.
 */

#include <stddef.h>
#include <stdint.h>

struct report;
struct report_finding;
struct report_view;

/* The identity of each finding, in their order; the caller's with free(). */
uint64_t *identities_of(const struct report *report);

/* Of an endpoint as a vantage sees it; and of a target by its name. */
uint64_t identity_of_view(const struct report *report, const struct report_view *view);
uint64_t identity_of_text(const char *text);

/* 16 hexadecimal digits and a NUL. */
enum { IDENTITY_TEXT = 17 };

void identity_print(uint64_t identity, char text[IDENTITY_TEXT]);

/* Whether the finding stands in a file of the server's configuration: "main.cf:12". */
int identity_is_of_file(const struct report_finding *finding);

/* Places by identity, to be found in no more steps than their number has digits. */
struct identity_key {
	uint64_t identity;
	size_t index;
};

struct identity_index {
	struct identity_key *rows;
	size_t count;
};

/* Sorts copies of `identities`; identity_index_release() frees them. */
void identity_index_make(const uint64_t *identities, size_t count, struct identity_index *index);
void identity_index_release(struct identity_index *index);

/* The place of the first that has it; `count` of the index: none does. */
size_t identity_find(const struct identity_index *index, uint64_t identity);

/* Numbers what is alike, from 0 in the order of the first of each; returns how many numbers there are. */
size_t identity_number(const uint64_t *identities, size_t count, size_t *numbers);

#endif
