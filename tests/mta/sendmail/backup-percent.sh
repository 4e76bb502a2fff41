#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a backup server that does not look at percent: the primary gets the mail as it is
#: near   not-open
#: far    not-open
#: whole  not-open
#: keeps --to {victim_local}%probe.example.net@example.org
#: keeps --to nobody.{token}@example.org
sed -i '/^example.org$/d' /etc/mail/local-host-names
echo example.org >>/etc/mail/relay-domains
printf 'example.org\tesmtp:[192.0.2.53]\n' >/etc/mail/mailertable
makemap hash /etc/mail/mailertable.db </etc/mail/mailertable
sed -i '/^MAILER_DEFINITIONS/i FEATURE(`loose_relay_check'\'')dnl\nFEATURE(`mailertable'\'')dnl' \
	/etc/mail/sendmail.mc
