#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the users' ports ask for a login
#: near   closed
#: far    closed
#: whole  closed
#: scan   -p 25,587,465
:
