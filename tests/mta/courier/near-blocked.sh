#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   one network is refused by the access file
#: near   inconclusive
#: far    not-open
#: whole  inconclusive
printf '203.0.113\tallow,BLOCK="550 Go away"\n' >/etc/courier/smtpaccess/strangers
makesmtpaccess
