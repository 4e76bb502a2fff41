#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a gateway passes routing, and the hub behind it, which trusts it, reads percent and bang
#: near   undecided
#: far    undecided
#: whole  undecided
#: relays --to {victim_local}%probe.example.net@example.org
#: relays --to probe.example.net!{victim_local}@example.org
#: refuses
#: keeps  --to nobody.{token}@example.org
postconf -e 'mydestination = mail.example.org, localhost' 'relay_domains = example.org' \
	'transport_maps = inline:{example.org=smtp:[192.0.2.53]:27}' 'allow_untrusted_routing = yes' \
	'allow_percent_hack = no' 'swap_bangpath = no'
