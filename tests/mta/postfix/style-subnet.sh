#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the server's own subnets may relay, and no vantage is in one
#: near   closed
#: far    closed
#: whole  closed
#: address 203.0.113.130/25
postconf -X mynetworks
postconf -e 'mynetworks_style = subnet'
