#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes a stranger's envelope, and refuses the message at the final dot
#: near   open
#: far    open
#: whole  open
#: refuses-late
#: accepts plain
#: proof  go-ahead
#: confirmed-near not-open
#: confirmed-far not-open
# Not a relay in truth. But a scan of envelopes must call a plain outside address
# that got the go-ahead open, and advise to prove it by a message.
postconf -e 'smtpd_relay_restrictions = check_client_access static:OK, reject_unauth_destination'
postconf -e 'smtpd_end_of_data_restrictions = reject'
