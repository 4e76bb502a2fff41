#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes mail for everybody
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
cd /etc/haraka/config || exit
sed -i '1i relay' plugins
printf '[relay]\nall=true\n' >relay.ini
