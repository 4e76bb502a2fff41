#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# As Debian's init script does it: copies DNS settings into the chroot first.
mkdir -p /var/spool/postfix/etc
cp /etc/resolv.conf /etc/hosts /etc/nsswitch.conf /etc/services /var/spool/postfix/etc/
postfix start
