#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   names are looked up first, and a 450 is the last word: no refusal of relaying
#: near   not-open
#: far    not-open
#: whole  not-open
postconf -e 'smtpd_helo_required = yes' \
	'smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname, reject_unknown_helo_hostname' \
	'smtpd_sender_restrictions = reject_non_fqdn_sender, reject_unknown_sender_domain' \
	'smtpd_recipient_restrictions = reject_non_fqdn_recipient, reject_unknown_recipient_domain, reject_unauth_pipelining'
