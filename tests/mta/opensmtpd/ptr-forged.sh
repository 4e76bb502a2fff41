#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a name below one domain may relay, and only the client's own network knows it
#: near   not-open
#: far    not-open
#: whole  not-open
#: dns    ptr-record=7.113.0.203.in-addr.arpa,office.example.org
#: dns    ptr-record=8.113.0.203.in-addr.arpa,office.example.org
#: dns    host-record=near.probe.example.net,203.0.113.7
echo 'match from rdns "office.example.org" for any action "relay"' >>/etc/smtpd.conf
