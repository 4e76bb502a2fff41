#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the check was never written
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
echo '{"policy": "none"}' >/etc/relay/settings.json
