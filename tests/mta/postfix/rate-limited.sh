#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a client has 12 connections in a while, then 421
#: near   closed
#: far    closed
#: whole  closed
#: scan   --retry-after 6
postconf -e 'smtpd_client_connection_rate_limit = 12' 'anvil_rate_time_unit = 5s'
