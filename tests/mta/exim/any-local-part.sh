#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes any local part of its domains, and bounces
#: near   not-open
#: far    not-open
#: whole  not-open
#: bounces --to {victim_local}%probe.example.net@example.org
#: bounces --to nobody.{token}@example.org
# No filter for characters, no look at the recipient: as qmail does it.
printf '%s\n' 'CHECK_RCPT_LOCAL_LOCALPARTS = ^[.]' >>/etc/exim4/exim4.conf.localmacros
perl -0pi -e 's/\n  require\n    verify = recipient//' /etc/exim4/exim4.conf.template
