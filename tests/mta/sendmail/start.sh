#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What Debian's init script starts in its default mode, after the databases and
# sendmail.cf have been brought up to date.
# It would take no mail on a busy machine.
sed -i '/^MAILER_DEFINITIONS/i define(`confQUEUE_LA'\'', `1000'\'')dnl\ndefine(`confREFUSE_LA'\'', `1000'\'')dnl\ndefine(`confDELAY_LA'\'', `0'\'')dnl' \
	/etc/mail/sendmail.mc
make -s -C /etc/mail all
mkdir -p /run/sendmail/mta
chown smmta:smmsp /run/sendmail/mta
/usr/sbin/sendmail-mta -L sm-mta -bd -q1m
