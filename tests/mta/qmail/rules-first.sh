#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   of two equal rules the first holds: the grant below it is dead
#: near   not-open
#: far    not-open
#: whole  not-open
#: bounces --to nobody.{token}@example.org
printf ':allow\n:allow,RELAYCLIENT=""\n' >/var/qmail/control/tcp.smtp
