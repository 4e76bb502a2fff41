#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   unknown local names go to one mailbox
#: near   not-open
#: far    not-open
#: whole  not-open
#: keeps  --to nobody.{token}@example.org
#: refuses --to {victim_local}%probe.example.net@example.org
postconf -e 'luser_relay = alice' 'local_recipient_maps ='
