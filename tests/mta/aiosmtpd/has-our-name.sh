#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   an address is local when our domain is somewhere in it
#: near   open
#: far    open
#: whole  open
#: relays --to {victim_local}.example.org@probe.example.net
#: refuses
echo '{"local_test": "has"}' >/etc/relay/settings.json
