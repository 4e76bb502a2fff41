#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   relays to one domain that is not its own
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
cd /etc/haraka/config || exit
sed -i '1i relay' plugins
printf '[relay]\ndest_domains=true\n' >relay.ini
printf '[domains]\nprobe.example.net = { "action": "continue" }\nconfirm.example.net = { "action": "continue" }\n' >relay_dest_domains.ini
