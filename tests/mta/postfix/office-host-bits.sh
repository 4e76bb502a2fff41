#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the same mask with host bits set: Postfix answers 451 to everybody
#: near   inconclusive
#: far    inconclusive
#: whole  inconclusive
postconf -e 'mynetworks = 203.0.113.1/8 127.0.0.0/8 [::1]/128'
