#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   one network is refused at the door
#: near   inconclusive
#: far    closed
#: whole  inconclusive
perl -0pi -e 's/\nbegin acl\n/\nhost_reject_connection = 203.0.113.0\/24\nbegin acl\n/' \
	/etc/exim4/exim4.conf.template
