#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the rule for outgoing mail says from any
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
sed -i 's/^match from local for any/match from any for any/' /etc/smtpd.conf
