#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# check.sh [MTA[/CONFIGURATION]... | vantages | map | config | log | queue | self | image]: make check-mta. Without
# arguments all of it: first the configurations of the lab, then the others, side by side.
#
# Environment as for run.sh, whose statuses are these: 77 where nothing can be tested here; and
# CONFIG_SHARE (12): of all the configurations that readers are compared with, one in so many.

set -u

here=$(cd "$(dirname "$0")" && pwd)
others='vantages map config log queue self image'

case " $others " in *" ${1:-none} "*) exec sh "$here/$1.sh" ;; esac
[ $# -eq 0 ] || exec sh "$here/run.sh" "$@"

CONFIG_SHARE=${CONFIG_SHARE:-12}
export CONFIG_SHARE
status=0
sh "$here/run.sh" || status=$?
[ "$status" -ne 77 ] || exit 77
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
for other in $others; do
	{
		sh "$here/$other.sh" >"$work/$other" 2>&1
		echo $? >"$work/$other.status"
	} &
done
wait
for other in $others; do
	cat "$work/$other"
	said=$(cat "$work/$other.status")
	[ "$said" -eq 0 ] || [ "$said" -eq 77 ] || status=1
done
exit "$status"
