#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   unknown local names go to one mailbox
#: near   not-open
#: far    not-open
#: whole  not-open
#: keeps  --to nobody.{token}@example.org
#: refuses --to {victim_local}%probe.example.net@example.org
perl -0pi -e 's/\nbegin transports/\ncatch_all:\n  driver = redirect\n  domains = +local_domains\n  data = alice\n\nbegin transports/; s/\nbegin retry/\nbegin retry/' \
	/etc/exim4/exim4.conf.template
grep -q '^catch_all:' /etc/exim4/exim4.conf.template || {
	# Debian's routers end where the transports begin.
	echo 'no place for a router' >&2
	exit 1
}
