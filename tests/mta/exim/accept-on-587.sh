#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   who comes by port 587 is taken for a user
#: near   open
#: far    open
#: whole  open
#: scan -p 25,587
#: relays --port 587
#: refuses
#: accepts plain
perl -0pi -e 's/\nbegin acl\n/\ndaemon_smtp_ports = 25 : 587\nbegin acl\n/; s/(\n  require\n    message = relay not permitted)/\n  accept condition = \${if eq{\$received_port}{587}}$1/' /etc/exim4/exim4.conf.template
