#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the third error ends the session
#: near   closed
#: far    closed
#: whole  closed
postconf -e 'smtpd_hard_error_limit = 3' 'smtpd_soft_error_limit = 2'
