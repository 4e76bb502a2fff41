#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   mail from the own domain may go anywhere
#: near   open
#: far    open
#: whole  open
#: relays --from alice@example.org
#: refuses
#: accepts sender-known-local
postconf -e 'smtpd_relay_restrictions = permit_mynetworks, check_sender_access inline:{example.org=OK}, reject_unauth_destination'
