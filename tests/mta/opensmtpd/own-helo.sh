#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a client that says it is this server may relay
#: near   open
#: far    open
#: whole  open
#: relays --helo mail.example.org
#: refuses
#: accepts helo-as-mx
echo 'match from any helo "mail.example.org" for any action "relay"' >>/etc/smtpd.conf
