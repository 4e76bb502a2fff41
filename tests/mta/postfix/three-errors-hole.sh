#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the third error ends the session, and one sender may relay
#: near   open
#: far    open
#: whole  open
#: relays --from alice@example.org
#: refuses
#: accepts sender-known-local
postconf -e 'smtpd_hard_error_limit = 3' 'smtpd_soft_error_limit = 2' \
	'smtpd_relay_restrictions = permit_mynetworks, check_sender_access inline:{example.org=OK}, reject_unauth_destination'
