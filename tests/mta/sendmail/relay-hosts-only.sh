#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   class R holds hosts, not what is below them
#: near   closed
#: far    closed
#: whole  closed
sed -i '/^MAILER_DEFINITIONS/i FEATURE(`relay_hosts_only'\'')dnl' /etc/mail/sendmail.mc
echo net >>/etc/mail/relay-domains
