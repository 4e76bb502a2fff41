#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes every recipient, and refuses strangers' mail at DATA
#: near   not-open
#: far    not-open
#: whole  not-open
postconf -e 'smtpd_relay_restrictions = check_client_access static:OK, reject_unauth_destination'
postconf -e 'smtpd_data_restrictions = reject'
