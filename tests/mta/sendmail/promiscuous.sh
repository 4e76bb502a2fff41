#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   sendmail's own switch for an open relay
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
sed -i '/^MAILER_DEFINITIONS/i FEATURE(`promiscuous_relay'\'')dnl' /etc/mail/sendmail.mc
