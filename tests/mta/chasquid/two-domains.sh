#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a second domain without users
#: near   closed
#: far    closed
#: whole  closed
mkdir -p /etc/chasquid/domains/second.example.org
chown chasquid:chasquid /etc/chasquid/domains/second.example.org
