#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   Exim as Debian installs it for an internet site
#: near   closed
#: far    closed
#: whole  closed
:
