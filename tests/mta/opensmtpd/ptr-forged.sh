#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a name below one domain may relay, and OpenSMTPD believes the client's own network
#: near   open
#: far    closed
#: whole  open
#: relays
#: accepts plain
#: dns    ptr-record=7.113.0.203.in-addr.arpa,office.example.org
#: dns    ptr-record=8.113.0.203.in-addr.arpa,office.example.org
#: dns    address=/near.probe.example.net/203.0.113.7
echo 'match from rdns "office.example.org" for any action "relay"' >>/etc/smtpd.conf
