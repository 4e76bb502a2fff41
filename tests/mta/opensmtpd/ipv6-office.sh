#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the provider's whole IPv6 block may relay, and no IPv4 client
#: near   open
#: far    closed
#: whole  open
#: target mail.example.org
#: from   --from near=bind:near0 --from far=bind:far0
#: relays --server 2001:db8:25::25
#: refuses
#: accepts plain
echo 'match from src "2001:db8:113::1/40" for any action "relay"' >>/etc/smtpd.conf
