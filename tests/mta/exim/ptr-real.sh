#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   every client with a name below one domain may relay
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
sed -i "s/^dc_relay_nets=.*/dc_relay_nets='*.probe.example.net'/" /etc/exim4/update-exim4.conf.conf
