#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   who comes by port 587 may relay
#: near   open
#: far    open
#: whole  open
#: scan -p 25,587
#: relays --port 587
#: refuses
#: accepts plain
sed -i 's/^listen on 0.0.0.0$/&\nlisten on 0.0.0.0 port 587 tag sub/' /etc/smtpd.conf
echo 'match tag sub from any for any action "relay"' >>/etc/smtpd.conf
