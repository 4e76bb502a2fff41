#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Debian has no qmail any more; qmaild.py does what qmail-smtpd, qmail-send and
# tcpserver do, by files of the same names and forms.
set -eu
case $1 in
packages) echo python3-dnspython ucspi-tcp daemontools ;;
preseed | fetches) : ;;
prepare)
	mkdir -p /var/qmail/control
	cd /var/qmail/control
	echo mail.example.org >me
	printf 'example.org\nmail.example.org\n' >locals
	printf 'example.org\nmail.example.org\n' >rcpthosts
	printf '127.:allow,RELAYCLIENT=""\n:allow\n' >tcp.smtp
	;;
esac
