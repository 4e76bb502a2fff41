#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a backup server takes any local part, and the hub behind it, which trusts it, reads percent
#: near   undecided
#: far    undecided
#: whole  undecided
#: relays --to {victim_local}%probe.example.net@example.org
#: refuses
sed -i 's/^match from any for domain "example.org" action.*/match from any for domain "example.org" action "inside"/' /etc/smtpd.conf
sed -i '0,/^match/s//action "inside" relay host "smtp:\/\/192.0.2.53:27"\nmatch/' /etc/smtpd.conf
