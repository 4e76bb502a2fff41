#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes one network's mail, and throws it away
#: near   open
#: far    closed
#: whole  open
#: keeps
#: confirmed-near inconclusive
printf 'Connect:203.0.113\tDISCARD\n' >>/etc/mail/access
