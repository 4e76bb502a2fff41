#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the users' port with TLS from the first byte asks for no login
#: near   open
#: far    open
#: whole  open
#: scan   -p 25,465
#: relays-inside-tls 465
#: refuses
#: accepts plain
postconf -e 'smtpd_tls_cert_file = /etc/ssl/certs/ssl-cert-snakeoil.pem' \
	'smtpd_tls_key_file = /etc/ssl/private/ssl-cert-snakeoil.key' 'smtpd_tls_security_level = may'
postconf -M 'smtps/inet=smtps inet n - y - - smtpd'
postconf -P smtps/inet/smtpd_tls_wrappermode=yes \
	'smtps/inet/smtpd_relay_restrictions=check_client_access,static:OK,reject_unauth_destination'
