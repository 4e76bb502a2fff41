#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   one office's network may relay, and its mask is /8
#: near   open
#: far    not-open
#: whole  open
#: relays
#: accepts plain
cd /etc/haraka/config || exit
sed -i '1i relay' plugins
echo 203.0.113.1/8 >relay_acl_allow
printf '[relay]\nacl=true\n' >relay.ini
