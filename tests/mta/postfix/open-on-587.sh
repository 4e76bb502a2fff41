#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the users' port asks for no login
#: near   open
#: far    open
#: whole  open
#: scan   -p 25,587
#: relays --port 587
#: refuses
#: accepts plain
postconf -M 'submission/inet=submission inet n - y - - smtpd'
postconf -P submission/inet/smtpd_relay_restrictions=check_client_access,static:OK,reject_unauth_destination
