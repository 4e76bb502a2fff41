#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes strangers' mail, and holds it for a person to look at
#: near   open
#: far    open
#: whole  open
#: keeps
#: confirmed-near inconclusive
#: confirmed-far inconclusive
postconf -e 'smtpd_relay_restrictions = check_client_access static:OK, reject_unauth_destination'
postconf -e 'smtpd_recipient_restrictions = check_recipient_access static:HOLD'
