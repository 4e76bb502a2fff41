#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   an open relay that sends each client away the first time
#: near   open
#: far    open
#: whole  open
#: scan   --retry-after 4
#: patience 4
#: relays
#: accepts plain
postconf -e 'smtpd_relay_restrictions = check_client_access static:OK, reject_unauth_destination'
postconf -e 'smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:10023'
python3 /lab/greylist.py 10023 3 client &
