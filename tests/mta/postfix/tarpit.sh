#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   from the second error on each costs a second
#: near   closed
#: far    closed
#: whole  closed
postconf -e 'smtpd_soft_error_limit = 1' 'smtpd_error_sleep_time = 1s'
