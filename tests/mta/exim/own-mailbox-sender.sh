#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   mail from one mailbox that exists may go anywhere
#: near   open
#: far    open
#: whole  open
#: relays --from alice@example.org
#: refuses --from spamtest@example.org
#: accepts sender-known-local
# The sender is verified first, as the templates that people copy do it.
perl -0pi -e 's/(\n  require\n    message = relay not permitted)/\n  accept sender_domains = +local_domains\n    verify = sender$1/' \
	/etc/exim4/exim4.conf.template
