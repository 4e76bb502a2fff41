#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   mynetworks is all of IPv4, as container images ship it
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
postconf -e 'mynetworks = 0.0.0.0/0'
