#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   without rcpthosts every domain is taken
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
rm /var/qmail/control/rcpthosts
