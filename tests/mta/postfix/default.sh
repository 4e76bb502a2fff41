#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   Postfix as Debian installs it
#: near   closed
#: far    closed
#: whole  closed
:
