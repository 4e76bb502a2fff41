#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the users' port asks for a login that nobody has
#: near   closed
#: far    closed
#: whole  closed
#: only-confirmed yes
#: scan   -p 587 --probe plain --probe auth-plain-relay
postconf -M 'submission/inet=submission inet n - y - - smtpd'
postconf -e 'smtpd_sasl_type = dovecot' 'smtpd_sasl_path = inet:127.0.0.1:12345'
postconf -P submission/inet/smtpd_sasl_auth_enable=yes \
	'submission/inet/smtpd_relay_restrictions=permit_sasl_authenticated,reject_unauth_destination'
python3 /lab/auth.py 12345 &
