#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   one network is refused by the access map
#: near   inconclusive
#: far    closed
#: whole  inconclusive
printf 'Connect:203.0.113\tREJECT\n' >>/etc/mail/access
