#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   one office's network may relay, and is larger than the office
#: near   open
#: far    closed
#: whole  open
#: relays
#: accepts plain
echo '{"trusted": ["203.0.0.0/8"]}' >/etc/relay/settings.json
