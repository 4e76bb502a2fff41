#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   one office address is meant, and all of 203.0.0.0/8 may relay
#: near   open
#: far    closed
#: whole  open
#: relays
#: accepts plain
# An administrator who writes 203.0.113.1/8 is told by Postfix's own warning to
# write this instead; near is in the /8, far is not.
postconf -e 'mynetworks = 127.0.0.0/8 [::1]/128 203.0.0.0/8'
