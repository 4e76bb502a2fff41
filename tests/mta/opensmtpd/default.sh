#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   OpenSMTPD as Debian installs it, taking mail for its domain from everywhere
#: near   closed
#: far    closed
#: whole  closed
:
