#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the same for a name that only the client's own network knows
#: near   closed
#: far    closed
#: whole  closed
#: dns    ptr-record=7.113.0.203.in-addr.arpa,office.example.org
#: dns    ptr-record=8.113.0.203.in-addr.arpa,office.example.org
#: dns    address=/near.probe.example.net/203.0.113.7
sed -i "s/^dc_relay_nets=.*/dc_relay_nets='*.example.org'/" /etc/exim4/update-exim4.conf.conf
