#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   one network is refused whatever it asks
#: near   inconclusive
#: far    closed
#: whole  inconclusive
sed -i '0,/^match/s//match from src 203.0.113.0\/24 for any reject\n&/' /etc/smtpd.conf
