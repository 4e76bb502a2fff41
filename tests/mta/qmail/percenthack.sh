#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the percent hack of old: read, and relayed, for its own domain
#: near   undecided
#: far    undecided
#: whole  undecided
#: relays --to {victim_local}%probe.example.net@example.org
#: refuses
echo example.org >/var/qmail/control/percenthack
