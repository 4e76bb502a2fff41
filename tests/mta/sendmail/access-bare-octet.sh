#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the same without a tag
#: near   open
#: far    closed
#: whole  open
#: relays
#: accepts plain
printf '203\tRELAY\n' >>/etc/mail/access
