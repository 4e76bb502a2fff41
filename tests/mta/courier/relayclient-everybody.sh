#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the environment of the ESMTP server grants relaying to every client
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
echo 'RELAYCLIENT=""' >>/etc/courier/esmtpd
