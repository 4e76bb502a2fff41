#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   mail from the own domain may go anywhere
#: near   open
#: far    open
#: whole  open
#: relays --from alice@example.org
#: refuses
#: accepts sender-known-local
perl -0pi -e 's/(\n  require\n    message = relay not permitted)/\n  accept sender_domains = +local_domains$1/' \
	/etc/exim4/exim4.conf.template
