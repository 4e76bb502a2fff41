#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   an OK for a name that the client's own network hands out: Postfix answers 451
#: near   inconclusive
#: far    closed
#: whole  inconclusive
#: dns    ptr-record=7.113.0.203.in-addr.arpa,office.example.org
#: dns    ptr-record=8.113.0.203.in-addr.arpa,office.example.org
#: dns    address=/near.probe.example.net/203.0.113.7
postconf -e 'smtpd_relay_restrictions = check_reverse_client_hostname_access inline:{office.example.org=OK}, reject_unauth_destination'
