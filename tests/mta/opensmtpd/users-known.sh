#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a table of the users that there are
#: near   closed
#: far    closed
#: whole  closed
cat >>/etc/smtpd.conf <<'END'
table users { "alice" = alice, "postmaster" = alice }
action "users" maildir virtual <users>
END
sed -i 's/^\(match from any for domain "example.org" action\) "local"/\1 "users"/' /etc/smtpd.conf
sed -n '/^match/!p' /etc/smtpd.conf >/etc/smtpd.new
sed -n '/^match/p' /etc/smtpd.conf >>/etc/smtpd.new
cat /etc/smtpd.new >/etc/smtpd.conf
