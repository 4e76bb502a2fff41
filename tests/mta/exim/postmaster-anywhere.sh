#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   mail for any postmaster is taken: the rule has lost its domains
#: near   open
#: far    open
#: whole  open
#: relays --to postmaster@probe.example.net
#: refuses
#: accepts postmaster-victim
perl -0pi -e 's/(local_parts = CHECK_RCPT_POSTMASTER\n    \.endif)\n    domains = [^\n]*/$1/' \
	/etc/exim4/exim4.conf.template
