#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   one client's name may relay, and it has that name
#: near   open
#: far    closed
#: whole  open
#: dns    ptr-record=8.113.0.203.in-addr.arpa,near.probe.example.net
#: dns    host-record=near.probe.example.net,203.0.113.7
#: dns    host-record=near.probe.example.net,203.0.113.8
#: relays
#: accepts plain
postconf -e 'smtpd_relay_restrictions = check_client_access inline:{near.probe.example.net=OK}, reject_unauth_destination'
