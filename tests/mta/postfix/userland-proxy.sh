#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a forwarder in front of the server: every stranger comes from 127.0.0.1
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
postconf -e 'inet_interfaces = loopback-only'
python3 /lab/forwarder.py 192.0.2.25 25 127.0.0.1 25 &
