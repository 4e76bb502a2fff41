#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   unknown local names go to one mailbox
#: near   not-open
#: far    not-open
#: whole  not-open
#: keeps  --to nobody.{token}@example.org
echo '@example.org: alice' >>/etc/courier/aliases/system
makealiases
