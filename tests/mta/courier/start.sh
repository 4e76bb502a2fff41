#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What Debian's units start: the authentication daemon, the queue, the ESMTP
# server, after the directories that its tmpfiles would make.
install -d -o root -g courier -m 775 /run/courier
install -d -o courier -g courier -m 750 /run/courier/authdaemon
authdaemond start
courierfilter start
courier start
esmtpd start
