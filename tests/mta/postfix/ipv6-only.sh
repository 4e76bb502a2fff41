#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   all of IPv6 may relay, and no stranger by IPv4
#: near   open
#: far    open
#: whole  open
#: target mail.example.org
#: from   --from near=bind:near0 --from far=bind:far0
#: relays --server 2001:db8:25::25
#: refuses
#: accepts plain
postconf -e 'mynetworks = 127.0.0.0/8 [::]/0'
