#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   mail from one mailbox may go anywhere
#: near   open
#: far    open
#: whole  open
#: relays --from alice@example.org
#: refuses
#: refuses --from bob@example.org
#: accepts sender-known-local
echo 'match from any mail-from "alice@example.org" for any action "relay"' >>/etc/smtpd.conf
