#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   everybody may say to be 127.0.0.1
#: near   open
#: far    open
#: whole  open
#: relays --xclient-addr 127.0.0.1
#: refuses
#: only-confirmed yes
#: scan   --probe plain --probe xclient-loopback-relay
#: accepts xclient-loopback-relay
postconf -e 'smtpd_authorized_xclient_hosts = 0.0.0.0/0'
