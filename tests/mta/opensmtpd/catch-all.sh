#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   unknown local names go to one mailbox
#: near   not-open
#: far    not-open
#: whole  not-open
#: keeps  --to nobody.{token}@example.org
#: keeps  --to {victim_local}%probe.example.net@example.org
cat >>/etc/smtpd.conf <<'END'
table everybody { "@example.org" = alice }
action "all" maildir virtual <everybody>
END
sed -i 's/^\(match from any for domain "example.org" action\) "local"/\1 "all"/' /etc/smtpd.conf
# An action must stand before the rule that names it.
sed -n '/^match/!p' /etc/smtpd.conf >/etc/smtpd.new
sed -n '/^match/p' /etc/smtpd.conf >>/etc/smtpd.new
cat /etc/smtpd.new >/etc/smtpd.conf
