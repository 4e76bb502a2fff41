#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a gateway that does not look at percent, and the hub behind it, which trusts it, does
#: near   undecided
#: far    undecided
#: whole  undecided
#: relays --to {victim_local}%probe.example.net@example.org
#: refuses
#: keeps  --to nobody.{token}@example.org
sed -i '/^example.org$/d' /etc/mail/local-host-names
echo example.org >>/etc/mail/relay-domains
printf 'example.org\tesmtp:[192.0.2.53]\n' >/etc/mail/mailertable
makemap hash /etc/mail/mailertable.db </etc/mail/mailertable
# shellcheck disable=SC2016 # the dollars are sendmail's
sed -i '/^MAILER_DEFINITIONS/i FEATURE(`loose_relay_check'\'')dnl\nFEATURE(`mailertable'\'')dnl\ndefine(`ESMTP_MAILER_ARGS'\'', `TCP $h 27'\'')dnl' \
	/etc/mail/sendmail.mc
