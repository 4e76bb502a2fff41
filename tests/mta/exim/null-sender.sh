#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   bounces may go anywhere
#: near   open
#: far    open
#: whole  open
#: relays --from '<>'
#: refuses
#: accepts sender-null
perl -0pi -e 's/(\n  require\n    message = relay not permitted)/\n  accept senders = :$1/' /etc/exim4/exim4.conf.template
