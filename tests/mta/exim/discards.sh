#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes strangers' mail, and throws it away
#: near   open
#: far    open
#: whole  open
#: keeps
#: confirmed-near inconclusive
#: confirmed-far inconclusive
perl -0pi -e 's/(\n  require\n    message = relay not permitted)/\n  discard$1/' /etc/exim4/exim4.conf.template
