#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   Exim's own percent hack: the address is rewritten before it is judged
#: near   closed
#: far    closed
#: whole  closed
#: refuses --to {victim_local}%probe.example.net@example.org
perl -0pi -e 's/\nbegin acl\n/\npercent_hack_domains = example.org\nbegin acl\n/' /etc/exim4/exim4.conf.template
