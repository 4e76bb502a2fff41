#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a domain of virtual mailboxes
#: near   closed
#: far    closed
#: whole  closed
postconf -e 'mydestination = localhost' 'virtual_mailbox_domains = example.org' 'virtual_mailbox_base = /var/mail' \
	'virtual_mailbox_maps = inline:{{alice@example.org = alice}, {postmaster@example.org = alice}}' \
	'virtual_uid_maps = static:1000' 'virtual_gid_maps = static:1000'
