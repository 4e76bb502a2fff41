#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# init.sh MTA CONFIGURATION: the first process of the server's root. Starts the
# log, changes the configuration (and, but for the default, takes out the pauses
# that would only cost time), starts the server, and stays; with it, everything that
# it started ends.
set -eu
mta=$1
config=$2

hostname mail.example.org
mount -t proc proc /proc
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/root

# Postfix's chrooted daemons look for the log below their own root.
set -- /dev/log
if [ -d /var/spool/postfix ]; then set -- "$@" /var/spool/postfix/dev/log; fi
python3 /lab/syslog.py /var/log/lab.log "$@" &
tries=50
while [ ! -S /dev/log ] && [ "$tries" -gt 0 ]; do
	tries=$((tries - 1))
	sleep 0.1
done

if [ "$config" != default ] && [ -f "/lab/$mta/hurry.sh" ]; then
	sh -eu "/lab/$mta/hurry.sh"
fi
sh -eu "/lab/$mta/$config.sh"
sh -eu "/lab/$mta/start.sh"
touch /run/lab-started
# An interrupted wait returns; a daemon's orphans are reaped meanwhile.
while :; do
	sleep 3600 &
	wait "$!" || :
done
