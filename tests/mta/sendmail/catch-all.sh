#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   unknown local names go to one mailbox
#: near   not-open
#: far    not-open
#: whole  not-open
#: keeps  --to nobody.{token}@example.org
#: refuses --to {victim_local}%probe.example.net@example.org
sed -i '/^MAILER_DEFINITIONS/i FEATURE(`virtusertable'\'')dnl' /etc/mail/sendmail.mc
printf '@example.org\talice\n' >/etc/mail/virtusertable
makemap hash /etc/mail/virtusertable.db </etc/mail/virtusertable
