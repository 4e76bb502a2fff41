#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   mynetworks reads a table's keys only: its REJECT grants
#: near   open
#: far    closed
#: whole  open
#: relays
#: accepts plain
postconf -e 'mynetworks = 127.0.0.0/8 cidr:{{203.0.113.0/24 REJECT}}'
