#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a rule with the first octet only: all of 203/8 may relay
#: near   open
#: far    not-open
#: whole  open
#: relays
#: accepts plain
printf '203.:allow,RELAYCLIENT=""\n:allow\n' >/var/qmail/control/tcp.smtp
