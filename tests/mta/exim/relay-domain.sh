#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a backup server for one other domain
#: near   closed
#: far    closed
#: whole  closed
sed -i "s/^dc_relay_domains=.*/dc_relay_domains='partner.example.com'/" /etc/exim4/update-exim4.conf.conf
