#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a forwarder in front: every stranger comes from 127.0.0.1, and nothing is trusted
#: near   closed
#: far    closed
#: whole  closed
sed -i 's/^smtp_address: .*/smtp_address: "127.0.0.1:25"/' /etc/chasquid/chasquid.conf
python3 /lab/forwarder.py 192.0.2.25 25 127.0.0.1 25 &
