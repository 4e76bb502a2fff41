#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   every client that has a name may relay
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
echo 'match from rdns for any action "relay"' >>/etc/smtpd.conf
