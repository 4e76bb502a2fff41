/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_COURIER_FACT_H
#define MTA_COURIER_FACT_H

/*
 * What else Courier's files show: what is not in force, misspelled, or not told here; and the grants that are no rule of couriertcpd.
 * Texts are borrowed, and of the pool.
 */

#include "mta/courier.h"

/* A rule that nobody is looked up by. */
void courier_fact_dead(struct config *config, const char *place, const char *text, const char *why);

/* What a rule allows, where that is not what it seems to be. */
void courier_fact_value(struct config *config, const char *place, const char *text, const char *value);

/* What became of a file of rules as a whole. */
void courier_fact_rules(struct config *config, const struct courier_rules *rules);

/* Whom the settings of a service let relay, and what there is not known here. */
void courier_fact_service(struct courier *courier, const struct courier_service *service);

/* The domains that all may send to. */
void courier_fact_domains(struct courier *courier);

#endif
