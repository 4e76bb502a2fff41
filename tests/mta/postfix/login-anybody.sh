#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   every name and password is a login
#: near   open
#: far    open
#: whole  open
#: only-confirmed yes
#: scan   -p 25,587 --probe plain --probe auth-plain-relay
#: relays --port 587 --auth PLAIN --auth-user nobody.at.all --auth-password none
#: refuses --port 587
#: accepts auth-plain-relay
postconf -M 'submission/inet=submission inet n - y - - smtpd'
postconf -e 'smtpd_sasl_type = dovecot' 'smtpd_sasl_path = inet:127.0.0.1:12345'
postconf -P submission/inet/smtpd_sasl_auth_enable=yes \
	'submission/inet/smtpd_relay_restrictions=permit_sasl_authenticated,reject_unauth_destination'
python3 /lab/auth.py 12345 anybody &
