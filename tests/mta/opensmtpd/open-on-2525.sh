#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   who comes by port 2525 may relay
#: near   open
#: far    open
#: whole  open
#: scan   -p 25,2525
#: relays --port 2525
#: refuses
#: accepts plain
sed -i 's/^listen on 0.0.0.0$/&\nlisten on 0.0.0.0 port 2525 tag extra/' /etc/smtpd.conf
echo 'match tag extra from any for any action "relay"' >>/etc/smtpd.conf
