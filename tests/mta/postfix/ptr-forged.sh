#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a client's name is believed that the client's own network hands out
#: near   open
#: far    closed
#: whole  open
#: dns    ptr-record=7.113.0.203.in-addr.arpa,office.example.org
#: dns    ptr-record=8.113.0.203.in-addr.arpa,office.example.org
#: dns    host-record=near.probe.example.net,203.0.113.7
#: relays
#: accepts plain
postconf -e 'smtpd_relay_restrictions = check_reverse_client_hostname_access inline:{office.example.org=OK}, reject_unauth_destination'
