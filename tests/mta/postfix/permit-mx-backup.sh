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
postconf -e 'smtpd_relay_restrictions = permit_mynetworks, permit_mx_backup, reject_unauth_destination'
