#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the users' ports deny strangers every recipient, in words that tell of no login
#: near   closed
#: far    closed
#: whole  closed
#: scan   -p 465
# As the comments in master.cf have it.
postconf -e 'smtpd_tls_cert_file = /etc/ssl/certs/ssl-cert-snakeoil.pem' \
	'smtpd_tls_key_file = /etc/ssl/private/ssl-cert-snakeoil.key' 'smtpd_tls_security_level = may' \
	'smtpd_sasl_type = dovecot' 'smtpd_sasl_path = inet:127.0.0.1:12345'
postconf -M 'submission/inet=submission inet n - y - - smtpd' 'smtps/inet=smtps inet n - y - - smtpd'
for service in submission smtps; do
	postconf -P "$service/inet/smtpd_sasl_auth_enable=yes" "$service/inet/smtpd_tls_auth_only=yes" \
		"$service/inet/smtpd_relay_restrictions=permit_sasl_authenticated,reject"
done
postconf -P submission/inet/smtpd_tls_security_level=encrypt smtps/inet/smtpd_tls_wrappermode=yes
python3 /lab/auth.py 12345 &
