#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a recipient table without an anchor passes what only holds the own domain
#: near   open
#: far    open
#: whole  open
#: relays --to {victim_local}.example.org@probe.example.net
#: refuses
postconf -e 'smtpd_relay_restrictions = permit_mynetworks, check_recipient_access regexp:{{/example\.org/ OK}}, reject_unauth_destination'
