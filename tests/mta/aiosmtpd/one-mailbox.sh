#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   mail from one mailbox may go anywhere
#: near   open
#: far    open
#: whole  open
#: relays --from alice@example.org
#: refuses
#: accepts sender-known-local
echo '{"listed": ["alice@example.org"]}' >/etc/relay/settings.json
