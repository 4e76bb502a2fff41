#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the last rule grants what the first should
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
printf '127.:allow\n:allow,RELAYCLIENT=""\n' >/var/qmail/control/tcp.smtp
