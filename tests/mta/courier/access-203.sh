#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   an access file with the first octet only: all of 203/8 may relay
#: near   open
#: far    not-open
#: whole  open
#: relays
#: accepts plain
printf '203\tallow,RELAYCLIENT\n' >/etc/courier/smtpaccess/office
makesmtpaccess
