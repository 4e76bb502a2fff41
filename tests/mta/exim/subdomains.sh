#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   relays to every name below its own domain
#: near   not-open
#: far    not-open
#: whole  not-open
#: keeps  --to x.{token}@sub.example.org
sed -i "s/^dc_relay_domains=.*/dc_relay_domains='*.example.org'/" /etc/exim4/update-exim4.conf.conf
perl -0pi -e 's/\n  require\n    verify = recipient//' /etc/exim4/exim4.conf.template
