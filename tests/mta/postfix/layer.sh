#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Postfix as Debian installs it for an "Internet Site".
set -eu
case $1 in
packages) echo postfix haproxy nftables ;;
preseed)
	cat <<-'END'
		postfix postfix/main_mailer_type select Internet Site
		postfix postfix/mailname string example.org
	END
	;;
prepare) newaliases ;;
esac
