#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a client that says it is this server may relay
#: near   open
#: far    open
#: whole  open
#: relays --helo example.org
#: refuses
#: accepts helo-as-host
postconf -e 'smtpd_relay_restrictions = permit_mynetworks, check_helo_access inline:{example.org=OK}, reject_unauth_destination'
