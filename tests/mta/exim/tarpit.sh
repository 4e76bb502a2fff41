#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   each refusal to relay takes a second
#: near   closed
#: far    closed
#: whole  closed
perl -0pi -e 's/(\n  require\n    message = relay not permitted)/\n  warn !domains = +local_domains\n    delay = 1s$1/' /etc/exim4/exim4.conf.template
