#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   mail from the own domain may go anywhere
#: near   open
#: far    open
#: whole  open
#: relays --from alice@example.org
#: refuses
#: accepts sender-known-local
echo 'match from any mail-from "@example.org" for any action "relay"' >>/etc/smtpd.conf
