#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   postscreen waits before it greets, and turns away who cannot
#: near   closed
#: far    closed
#: whole  closed
postconf -M 'smtp/inet=smtp inet n - y - 1 postscreen' 'smtpd/pass=smtpd pass - - y - - smtpd'
postconf -M 'dnsblog/unix=dnsblog unix - - y - 0 dnsblog' 'tlsproxy/unix=tlsproxy unix - - y - 0 tlsproxy'
postconf -e 'postscreen_greet_wait = 2s' 'postscreen_greet_action = enforce'
