#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a client that says it is this server may relay
#: near   open
#: far    open
#: whole  open
#: relays --helo mail.example.org
#: refuses
#: accepts helo-as-mx
perl -0pi -e 's/(\n  require\n    message = relay not permitted)/\n  accept condition = \${if match_domain{\$sender_helo_name}{+local_domains}}$1/' \
	/etc/exim4/exim4.conf.template
