#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# OpenSMTPD as Debian installs it, with the two edits that its smtpd.conf names
# for a server that accepts external mail.
set -eu
case $1 in
packages) echo opensmtpd ;;
preseed)
	cat <<-'END'
		opensmtpd opensmtpd/mailname string example.org
		opensmtpd opensmtpd/root_address string alice
	END
	;;
prepare)
	sed -i 's/^listen on localhost$/listen on 0.0.0.0\nlisten on ::/' /etc/smtpd.conf
	sed -i 's/^# \(match from any for domain "example.org"\)/\1/' /etc/smtpd.conf
	printf 'postmaster: alice\nroot: alice\n' >/etc/aliases
	newaliases
	cat /etc/smtpd.conf
	;;
esac
