#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes strangers' mail, and freezes it
#: near   open
#: far    open
#: whole  open
#: keeps
#: confirmed-near inconclusive
#: confirmed-far inconclusive
perl -0pi -e 's/(\n  require\n    message = relay not permitted)/\n  accept control = freeze$1/' /etc/exim4/exim4.conf.template
