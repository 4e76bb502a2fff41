#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   strangers wait longer than a scan does
#: near   inconclusive
#: far    inconclusive
#: whole  inconclusive
#: scan --retry-after 2
postconf -e 'smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:10023'
python3 /lab/greylist.py 10023 3600 &
