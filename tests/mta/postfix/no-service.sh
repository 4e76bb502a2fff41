#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   without a refusal in its list Postfix answers nobody
#: near   inconclusive
#: far    inconclusive
#: whole  inconclusive
#: scan --timeout 4
#: timeout 2
postconf -e 'smtpd_relay_restrictions = permit'
