#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   relays to every domain that names this server as an exchanger
#: near   closed
#: far    closed
#: whole  closed
#: dns    mx-host=listed.example.net,sink.probe.example.net,10
#: dns    mx-host=listed.example.net,mail.example.org,20
#: relays-limited --to {victim_local}@listed.example.net
#: scan   --mx-domain listed.example.net --probe plain --probe mx-points-here
#: finds  relay-limited
sed -i "s/^dc_relay_domains=.*/dc_relay_domains='@mx_any'/" /etc/exim4/update-exim4.conf.conf
