#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   an OK for everybody stands before the refusal
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
# Postfix's safety net asks only that a refusal is somewhere in the list.
postconf -e 'smtpd_relay_restrictions = check_client_access static:OK, reject_unauth_destination'
