#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the access map relays to a whole top level domain
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
printf 'To:net\tRELAY\n' >>/etc/mail/access
