#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a router reads percent, where any local part is taken
#: near   undecided
#: far    undecided
#: whole  undecided
#: relays --to {victim_local}%probe.example.net@example.org
#: refuses
printf '%s\n' 'CHECK_RCPT_LOCAL_LOCALPARTS = ^[.]' >>/etc/exim4/exim4.conf.localmacros
perl -0pi -e 's/\n  require\n    verify = recipient//; s/\nbegin routers\n/\nbegin routers\npercent:\n  driver = redirect\n  domains = +local_domains\n  local_parts = ^.*%\n  data = \${sg{\$local_part}{%}{@}}\n/' \
	/etc/exim4/exim4.conf.template
grep -q '^percent:' /etc/exim4/exim4.conf.template
