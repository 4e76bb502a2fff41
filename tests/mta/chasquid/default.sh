#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   chasquid as Debian installs it, with one domain and one user
#: near   closed
#: far    closed
#: whole  closed
:
