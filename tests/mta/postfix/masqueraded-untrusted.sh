#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the same, but nobody trusts the bridge
#: near   closed
#: far    closed
#: whole  closed
#: address 172.17.0.1/16
nft -f - <<'END'
table ip lab {
	chain in {
		type nat hook input priority 100
		ip daddr 192.0.2.25 tcp dport 25 snat to 172.17.0.1
	}
}
END
postconf -e 'mynetworks = 127.0.0.0/8'
