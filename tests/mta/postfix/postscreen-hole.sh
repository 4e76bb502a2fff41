#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   postscreen stands in front of an open relay
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
postconf -M 'smtp/inet=smtp inet n - y - 1 postscreen' 'smtpd/pass=smtpd pass - - y - - smtpd'
postconf -M 'dnsblog/unix=dnsblog unix - - y - 0 dnsblog' 'tlsproxy/unix=tlsproxy unix - - y - 0 tlsproxy'
postconf -e 'postscreen_greet_wait = 2s' 'postscreen_greet_action = enforce'
postconf -e 'smtpd_relay_restrictions = check_client_access static:OK, reject_unauth_destination'
