#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   some addresses may say to be 127.0.0.1, which relays
#: near   open
#: far    not-open
#: whole  open
#: relays --xclient-addr 127.0.0.1
#: refuses
#: scan   --probe plain --probe xclient-loopback-relay
#: accepts xclient-loopback-relay
cd /etc/haraka/config
sed -i '1i relay' plugins
sed -i '1i xclient' plugins
printf '203.0.113.7\n203.0.113.8\n' >xclient.hosts
echo 127.0.0.0/8 >relay_acl_allow
printf '[relay]\nacl=true\n' >relay.ini
