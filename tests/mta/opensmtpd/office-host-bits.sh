#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the mask of one office address is /8: OpenSMTPD drops the host bits silently
#: near   open
#: far    closed
#: whole  open
#: relays
#: accepts plain
echo 'match from src 203.0.113.1/8 for any action "relay"' >>/etc/smtpd.conf
