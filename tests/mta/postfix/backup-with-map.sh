#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a backup server that knows the primary's users
#: near   closed
#: far    closed
#: whole  closed
postconf -e 'mydestination = mail.example.org, localhost' 'relay_domains = example.org' \
	'relay_recipient_maps = inline:{{alice@example.org = x}, {postmaster@example.org = x}}' \
	'transport_maps = inline:{example.org=smtp:[192.0.2.53]:26}'
