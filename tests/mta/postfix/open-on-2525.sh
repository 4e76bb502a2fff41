#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a second port that was opened for one customer serves everybody
#: near   open
#: far    open
#: whole  open
#: scan   -p 25,2525
#: relays --port 2525
#: refuses
#: accepts plain
postconf -M '2525/inet=2525 inet n - y - - smtpd'
postconf -P '2525/inet/mynetworks=0.0.0.0/0,[::]/0'
