#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes mail for a domain that is not its own
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
printf 'probe.example.net\nconfirm.example.net\n' >>/etc/courier/esmtpacceptmailfor.dir/default
makeacceptmailfor
