#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   one network is turned away without a word
#: near   inconclusive
#: far    not-open
#: whole  inconclusive
printf '203.0.113.:deny\n:allow\n' >/var/qmail/control/tcp.smtp
