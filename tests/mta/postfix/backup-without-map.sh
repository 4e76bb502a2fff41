#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a backup server without a list of recipients takes any local part, and bounces
#: near   not-open
#: far    not-open
#: whole  not-open
#: bounces --to {victim_local}%probe.example.net@example.org
#: bounces --to nobody.{token}@example.org
postconf -e 'mydestination = mail.example.org, localhost' 'relay_domains = example.org' \
	'transport_maps = inline:{example.org=smtp:[192.0.2.53]:26}' \
	'allow_untrusted_routing = yes'
