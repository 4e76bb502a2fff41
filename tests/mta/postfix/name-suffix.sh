#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   mynetworks holds a domain: every client with a name below it may relay
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
postconf -e 'mynetworks = 127.0.0.0/8 [::1]/128 probe.example.net'
