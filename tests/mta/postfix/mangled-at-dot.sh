#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a backup server takes any local part, and refuses at the final dot
#: near   not-open
#: far    not-open
#: whole  not-open
#: refuses-late --to {victim_local}%probe.example.net@example.org
postconf -e 'mydestination = mail.example.org, localhost' 'relay_domains = example.org' \
	'transport_maps = inline:{example.org=smtp:[192.0.2.53]:26}' \
	'allow_untrusted_routing = yes' 'smtpd_end_of_data_restrictions = reject'
