#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A Postfix that relays bounces for the near network, offers STARTTLS, and has two
# private listeners: one grants XCLIENT, the other expects PROXY headers.
printf '203.0.113.0/24 near\n2001:db8:113::/64 near\n' >/etc/postfix/near
postconf -e 'mynetworks =' 'smtpd_restriction_classes = near' 'near = check_sender_access inline:{<>=OK}' \
	'smtpd_relay_restrictions = check_client_access cidr:/etc/postfix/near, reject_unauth_destination' \
	'smtpd_tls_cert_file = /etc/ssl/certs/ssl-cert-snakeoil.pem' \
	'smtpd_tls_key_file = /etc/ssl/private/ssl-cert-snakeoil.key' 'smtpd_tls_security_level = may'
for address in 127.0.0.1 '[::1]'; do
	postconf -M "$address:10025/inet=$address:10025 inet n - y - - smtpd" "$address:10026/inet=$address:10026 inet n - y - - smtpd"
	postconf -P "$address:10025/inet/smtpd_authorized_xclient_hosts=127.0.0.1,[::1]" \
		"$address:10026/inet/smtpd_upstream_proxy_protocol=haproxy"
done
