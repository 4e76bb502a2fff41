#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a client has one connection at a time
#: near   closed
#: far    closed
#: whole  closed
perl -0pi -e 's/\nbegin acl\n/\nsmtp_accept_max_per_host = 1\nbegin acl\n/' /etc/exim4/exim4.conf.template
