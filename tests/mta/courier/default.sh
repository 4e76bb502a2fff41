#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   Courier as Debian installs it
#: near   closed
#: far    closed
#: whole  closed
:
