#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a PROXY header is asked for, and trusts nobody
#: near   not-open
#: far    not-open
#: whole  not-open
#: timeout 10
#: only-confirmed yes
#: scan   --probe plain --probe proxy-v1-relay --timeout 8
#: confirmed-near inconclusive
#: confirmed-far inconclusive
echo 'haproxy_incoming: true' >>/etc/chasquid/chasquid.conf
