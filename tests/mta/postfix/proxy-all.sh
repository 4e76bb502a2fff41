#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a PROXY header is believed, whoever sends it
#: near   open
#: far    open
#: whole  open
#: timeout 10
#: only-confirmed yes
#: scan   --probe plain --probe proxy-v1-relay --timeout 8
#: relays --proxy-version 1 --proxy-family TCP4 --proxy-source 127.0.0.1 --proxy-source-port 40000 --proxy-dest 127.0.0.1 --proxy-dest-port 25
#: accepts proxy-v1-relay
postconf -e 'smtpd_upstream_proxy_protocol = haproxy' 'smtpd_upstream_proxy_timeout = 2s'
