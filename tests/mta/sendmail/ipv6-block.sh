#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   an IPv6 prefix in the access map, and no IPv4 client
#: near   open
#: far    closed
#: whole  open
#: target mail.example.org
#: from   --from near=bind:near0 --from far=bind:far0
#: relays --server 2001:db8:25::25
#: refuses
#: accepts plain
printf 'Connect:IPv6:2001:db8:113\tRELAY\n' >>/etc/mail/access
