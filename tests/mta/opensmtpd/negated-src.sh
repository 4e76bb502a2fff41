#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   all but one client may relay
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
echo 'match ! from src 192.168.0.5 for any action "relay"' >>/etc/smtpd.conf
