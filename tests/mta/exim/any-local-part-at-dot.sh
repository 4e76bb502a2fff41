#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes any local part of its domains, and refuses at the final dot
#: near   not-open
#: far    not-open
#: whole  not-open
#: refuses-late --to {victim_local}%probe.example.net@example.org
printf '%s\n' 'CHECK_RCPT_LOCAL_LOCALPARTS = ^[.]' >>/etc/exim4/exim4.conf.localmacros
perl -0pi -e 's/\n  require\n    verify = recipient//; s/\nacl_check_data:\n/\nacl_check_data:\n  deny message = not today\n/' \
	/etc/exim4/exim4.conf.template
