#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   sendmail as Debian installs it, listening on all addresses
#: near   closed
#: far    closed
#: whole  closed
#: unconfirmed yes
:
