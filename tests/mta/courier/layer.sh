#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Courier as Debian installs it, then told whose mail it takes, and its databases
# made, which the package leaves to the administrator.
set -eu
case $1 in
packages) echo courier-mta ;;
preseed)
	cat <<-'END'
		courier-base courier-base/webadmin-configmode boolean false
		courier-mta courier-mta/defaultdomain string example.org
	END
	;;
prepare)
	echo example.org >/etc/courier/esmtpacceptmailfor.dir/default
	sed -i 's/^postmaster:.*/postmaster: alice/' /etc/courier/aliases/system
	su alice -c 'maildirmake.courier ~/Maildir'
	makeacceptmailfor
	makesmtpaccess
	makealiases
	;;
esac
