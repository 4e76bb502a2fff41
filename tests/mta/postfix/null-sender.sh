#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   bounces may go anywhere
#: near   open
#: far    open
#: whole  open
#: relays --from '<>'
#: refuses
#: accepts sender-null
postconf -e 'smtpd_relay_restrictions = permit_mynetworks, check_sender_access inline:{<>=OK}, reject_unauth_destination'
