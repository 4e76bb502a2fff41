#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the same name, which must have the client's address, too
#: near   not-open
#: far    closed
#: whole  not-open
#: dns    ptr-record=7.113.0.203.in-addr.arpa,office.example.org
#: dns    ptr-record=8.113.0.203.in-addr.arpa,office.example.org
#: dns    address=/near.probe.example.net/203.0.113.7
postconf -e 'smtpd_relay_restrictions = check_client_access inline:{office.example.org=OK}, reject_unauth_destination'
