#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a backup server takes any local part, and bounces
#: near   not-open
#: far    not-open
#: whole  not-open
#: bounces --to nobody.{token}@example.org
sed -i 's/^match from any for domain "example.org" action.*/match from any for domain "example.org" action "inside"/' /etc/smtpd.conf
sed -i '0,/^match/s//action "inside" relay host "smtp:\/\/192.0.2.53:26"\nmatch/' /etc/smtpd.conf
