#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   postscreen looks at the first session's commands, and defers whatever it asks
#: near   closed
#: far    closed
#: whole  closed
#: scan   --retry-after 3
#: patience 2
postconf -M 'smtp/inet=smtp inet n - y - 1 postscreen' 'smtpd/pass=smtpd pass - - y - - smtpd'
postconf -M 'dnsblog/unix=dnsblog unix - - y - 0 dnsblog' 'tlsproxy/unix=tlsproxy unix - - y - 0 tlsproxy'
postconf -e 'postscreen_greet_wait = 2s' 'postscreen_greet_action = enforce'
postconf -e 'postscreen_non_smtp_command_enable = yes' 'postscreen_pipelining_enable = yes' 'postscreen_bare_newline_enable = yes' \
	'postscreen_greet_wait = 1s'
