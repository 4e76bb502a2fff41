#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   who comes by port 2525 is taken for a user
#: near   open
#: far    open
#: whole  open
#: scan   -p 25,2525
#: relays --port 2525
#: refuses
#: accepts plain
perl -0pi -e 's/\nbegin acl\n/\ndaemon_smtp_ports = 25 : 2525\nbegin acl\n/' /etc/exim4/exim4.conf.template
perl -0pi -e 's/(\n  require\n    message = relay not permitted)/\n  accept condition = \${if eq{\$received_port}{2525}}$1/' /etc/exim4/exim4.conf.template
