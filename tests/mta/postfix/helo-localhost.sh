#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a client that says it is localhost may relay
#: near   open
#: far    open
#: whole  open
#: relays --helo localhost
#: refuses
#: scan   --probe plain --probe helo-as-localhost
#: accepts helo-as-localhost
postconf -e 'smtpd_relay_restrictions = permit_mynetworks, check_helo_access inline:{localhost=OK}, reject_unauth_destination'
