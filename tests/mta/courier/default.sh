#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   Courier as Debian installs it
#: near   not-open
#: far    not-open
#: whole  not-open
#: scan-whole --suite classic
#: unconfirmed yes
# It relays nothing, and cannot be called closed from outside: it takes any name
# at its host name (as "me", which is not among its locals), "victim%outside" too,
# and only a delivery would show where such mail goes.  The whole suite is asked
# once: at 8 s for each session's error it takes four minutes.
:
