#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   every client with a name below one domain may relay
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
printf '=.probe.example.net:allow,RELAYCLIENT=""\n:allow\n' >/var/qmail/control/tcp.smtp
