#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A Postfix that trusts three networks, one of them far too wide; and two private
# listeners: one grants XCLIENT, as often as it is said, the other expects PROXY headers.
postconf -e 'mynetworks = 192.168.0.0/24, 127.0.0.0/8, 203.0.0.0/8'
postconf -M '127.0.0.1:10025/inet=127.0.0.1:10025 inet n - y - - smtpd' '127.0.0.1:10026/inet=127.0.0.1:10026 inet n - y - - smtpd' \
	'127.0.0.1:10027/inet=127.0.0.1:10027 inet n - y - - smtpd'
postconf -P '127.0.0.1:10025/inet/smtpd_authorized_xclient_hosts=0.0.0.0/0,[::]/0' \
	'127.0.0.1:10026/inet/smtpd_upstream_proxy_protocol=haproxy' \
	'127.0.0.1:10027/inet/smtpd_authorized_xclient_hosts=127.0.0.1'
