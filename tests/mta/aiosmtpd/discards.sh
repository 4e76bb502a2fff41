#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes strangers' mail, and throws it away
#: near   open
#: far    open
#: whole  open
#: keeps
#: confirmed-near inconclusive
#: confirmed-far inconclusive
echo '{"policy": "none", "ending": "discard"}' >/etc/relay/settings.json
