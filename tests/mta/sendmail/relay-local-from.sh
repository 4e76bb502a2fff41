#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   mail from the own domain may go anywhere
#: near   open
#: far    open
#: whole  open
#: relays --from spamtest@example.org
#: refuses
#: accepts sender-local
sed -i '/^MAILER_DEFINITIONS/i FEATURE(`relay_local_from'\'')dnl' /etc/mail/sendmail.mc
