/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_OPENSMTPD_RULES_H
#define MTA_OPENSMTPD_RULES_H

/*
 * Who asks, where rules are walked through: a clean envelope from outside to
 * outside.
 */

#include "mta/opensmtpd.h"

#define OPENSMTPD_HELO "client.example.net"
#define OPENSMTPD_SENDER "sender@example.net"
#define OPENSMTPD_RECIPIENT_DOMAIN "example.com"
#define OPENSMTPD_RECIPIENT_ANY "@" OPENSMTPD_RECIPIENT_DOMAIN
#define OPENSMTPD_LOCAL_PART "victim"
#define OPENSMTPD_RECIPIENT OPENSMTPD_LOCAL_PART "@" OPENSMTPD_RECIPIENT_DOMAIN

/* A fact about a rule that no mail comes to. */
void opensmtpd_tell_shadowed(struct opensmtpd *opensmtpd, const struct opensmtpd_rule *rule);

/* Facts about all else. */
void opensmtpd_tell_facts(struct opensmtpd *opensmtpd);

#endif
