#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   haproxy tells the server who comes
#: near   closed
#: far    closed
#: whole  closed
cat >/etc/haproxy/lab.cfg <<'END'
defaults
	mode tcp
	timeout connect 5s
	timeout client 5m
	timeout server 5m
listen smtp
	bind 192.0.2.25:25
	server mail 127.0.0.1:10025 send-proxy
END
postconf -M# smtp/inet
postconf -M '127.0.0.1:10025/inet=127.0.0.1:10025 inet n - y - - smtpd'
postconf -e 'smtpd_upstream_proxy_protocol = haproxy'
haproxy -D -f /etc/haproxy/lab.cfg
