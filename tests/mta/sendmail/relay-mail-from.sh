#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the access map lets one sender's domain relay
#: near   open
#: far    open
#: whole  open
#: relays --from alice@example.org
#: refuses
#: accepts sender-known-local
sed -i '/^MAILER_DEFINITIONS/i FEATURE(`relay_mail_from'\'', `domain'\'')dnl' /etc/mail/sendmail.mc
printf 'From:example.org\tRELAY\n' >>/etc/mail/access
