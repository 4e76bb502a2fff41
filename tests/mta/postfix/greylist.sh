#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   strangers wait until they come back
#: near   closed
#: far    closed
#: whole  closed
#: scan --retry-after 4
# Truth waits for the list's three seconds, too.
#: patience 4
postconf -e 'smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:10023'
python3 /lab/greylist.py 10023 3 &
