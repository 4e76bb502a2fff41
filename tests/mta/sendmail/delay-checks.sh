#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the client is judged at its recipient only
#: near   closed
#: far    closed
#: whole  closed
sed -i '/^MAILER_DEFINITIONS/i FEATURE(`delay_checks'\'')dnl' /etc/mail/sendmail.mc
