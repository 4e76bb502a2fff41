#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
cd /etc/haraka
node /opt/haraka/node_modules/Haraka/bin/haraka -c /etc/haraka >>/var/log/lab.log 2>&1 &
