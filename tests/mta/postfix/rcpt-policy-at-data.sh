#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the relay policy stands at DATA, where it does not see one recipient of two
#: near   open
#: far    open
#: whole  open
#: relays --to alice@example.org,{victim}
#: refuses
#: accepts second-rcpt
# A restriction on the recipient holds at DATA only for mail to one recipient.
postconf -e 'smtpd_relay_restrictions = check_client_access static:OK, reject_unauth_destination'
postconf -e 'smtpd_data_restrictions = permit_mynetworks, reject_unauth_destination'
