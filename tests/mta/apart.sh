# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# How a part of make check-mta comes into namespaces of its own. Sourced, with $here set.
# What cannot be tested on this machine ends the script with 77.
: "${here:?}" "${RELAYAUDIT:=relayaudit}"
export RELAYAUDIT

skip() {
	echo "1..0 # SKIP $*"
	exit 77
}

# apart_needs TOOL...: what the machine has to have, besides what all need.
apart_needs() {
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	for tool in unshare setpriv ip debootstrap apt-get flock timeout "$@"; do
		command -v "$tool" >/dev/null || skip "$tool is missing"
	done
	unshare --mount --net --uts --ipc --pid --fork true 2>/dev/null || skip 'no namespaces here'
	grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || skip 'no overlayfs here'
}

# apart_roots MTA...: LAB_ROOTS, where the layers of these lie; another run cannot prune them while this one lasts.
apart_roots() {
	exec 7>>"${RELAYAUDIT_LAB:-/var/cache/relayaudit-lab}/use.lock"
	flock -s 7
	LAB_ROOTS=$(sh "$here/lab.sh" lower base "$@")
	export LAB_ROOTS
}

# apart_start ARGUMENT...: this script again, with --inside and these, in the background, in namespaces of its own.
apart_start() {
	exec 6<&0 # a command in the background would lose it
	setpriv --pdeathsig KILL \
		unshare --mount --net --uts --ipc --pid --fork --kill-child --mount-proc sh "$0" --inside "$@" <&6 &
}

# apart "MTA..." [ARGUMENT]...: all of it, with roots of these.
apart() {
	command -v "$RELAYAUDIT" >/dev/null || skip "no program $RELAYAUDIT"
	mtas=$1
	shift
	# shellcheck disable=SC2086 # names
	sh "$here/lab.sh" build $mtas || exit 1
	# shellcheck disable=SC2086 # names
	apart_roots $mtas
	trap 'kill -KILL "$child" 2>/dev/null; exit 130' INT TERM HUP
	apart_start "$@"
	child=$!
	wait "$child"
}
