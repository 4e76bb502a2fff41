#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An Exim that relays bounces for the near network, and expects PROXY headers from
# loopback.
perl -0pi -e 's,(\n  require\n    message = relay not permitted),\n  accept\n    hosts = <; 203.0.113.0/24 ; 2001:db8:113::/64\n    senders = :$1,' \
	/etc/exim4/exim4.conf.template
sed -i '1i hosts_proxy = <; 127.0.0.1 ; ::1' /etc/exim4/exim4.conf.template
