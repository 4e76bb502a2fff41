#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the container's bridge masquerades: every stranger comes from 172.17.0.1, which is trusted
#: near   open
#: far    open
#: whole  open
#: address 172.17.0.1/16
#: relays
#: accepts plain
nft -f - <<'END'
table ip lab {
	chain in {
		type nat hook input priority 100
		ip daddr 192.0.2.25 tcp dport 25 snat to 172.17.0.1
	}
}
END
postconf -e 'mynetworks = 127.0.0.0/8 172.16.0.0/12'
