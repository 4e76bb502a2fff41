#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a client has one connection at a time
#: near   closed
#: far    closed
#: whole  closed
postconf -e 'smtpd_client_connection_count_limit = 1'
