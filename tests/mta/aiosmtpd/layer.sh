#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The library as Debian has it; the server is a script (relay.py).
set -eu
case $1 in
packages) echo python3-aiosmtpd python3-dnspython openssl ;;
preseed | fetches) : ;;
prepare)
	mkdir -p /etc/relay
	openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=mail.example.org \
		-keyout /etc/relay/key.pem -out /etc/relay/cert.pem
	echo '{}' >/etc/relay/settings.json
	;;
esac
