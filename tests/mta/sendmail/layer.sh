#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sendmail as Debian sets it up, with the two changes that every real server
# needs: it listens on all addresses, and it knows its mail domain.
set -eu
case $1 in
packages) echo sendmail-bin sendmail-cf m4 make ;;
preseed) : ;;
prepare)
	cd /etc/mail
	# Debian's sendmail.mc binds to the loopback addresses only. The IPv6 socket
	# gets one address, since "any" would take the IPv4 ones, too.
	sed -i -e 's/, Addr=127\.0\.0\.1//; s/, Addr=::1/, Addr=2001:db8:25::25/' \
		-e 's/^dnl \(DAEMON_OPTIONS(`Family=inet6\)/\1/' sendmail.mc
	printf 'example.org\nmail.example.org\nlocalhost\n' >local-host-names
	make -C /etc/mail all
	newaliases
	grep -n DAEMON_OPTIONS sendmail.mc
	;;
esac
