#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# bare.sh [COMMAND [ARGUMENT]...]: runs ./start COMMAND (without one, the demo) on a
# fresh minimal Debian that has nothing but what start installs, and again, when it
# has to be quiet.  The Debian is this machine's own release, from the mirror that
# this machine's own apt uses.  Needs root and debootstrap.  The root is kept in
# $BARE (default /var/tmp/relayaudit-bare) when BARE_KEEP is set.

set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
bare=${BARE:-/var/tmp/relayaudit-bare}

say() { printf 'bare: %s\n' "$*" >&2; }

# shellcheck disable=SC2317 # the trap calls it
leave() {
	[ -n "${BARE_KEEP:-}" ] || rm -rf --one-file-system "$bare"
}

# The release that this machine runs, and where its packages come from.
mirror() {
	# shellcheck disable=SC2016 # the dollars are apt's
	apt-get indextargets 'Created-By: Packages' 'Component: main' --format '$(REPO_URI) $(RELEASE) $(LABEL)' |
		awk '$2 !~ /-/ && $3 !~ /Security/ { print $1, $2; exit }'
}

make_root() {
	mirror=$(mirror)
	[ -n "$mirror" ] || { say 'apt has no mirror' && exit 1; }
	eval "$(apt-config shell proxy Acquire::http::Proxy)"
	if [ -n "${proxy:-}" ]; then export http_proxy="$proxy"; fi
	say "a minimal ${mirror#* } in $bare"
	debootstrap --variant=minbase "${mirror#* }" "$bare" "${mirror% *}" >"$bare.log" 2>&1 || {
		tail -n 20 "$bare.log"
		exit 1
	}
	rm -f "$bare/etc/apt/sources.list"
	cp -R /etc/apt/sources.list* "$bare/etc/apt/"
	apt-config dump | grep -E '^Acquire::(http|https)::[^ ]* "..*";$' >"$bare/etc/apt/apt.conf.d/99bare" || :
	cp -L /etc/resolv.conf /etc/hosts "$bare/etc/"
	if [ -d /usr/local/share/ca-certificates ]; then
		mkdir -p "$bare/usr/local/share/ca-certificates"
		cp -R /usr/local/share/ca-certificates/. "$bare/usr/local/share/ca-certificates/"
	fi
}

copy_tree() {
	mkdir -p "$bare/srv/relayaudit"
	tar -C "$top" --exclude=./.git --exclude=./build --exclude=./build-aux --exclude=./autom4te.cache \
		--exclude=./configure --exclude=./aclocal.m4 --exclude=./Makefile.in -cf - . | tar -C "$bare/srv/relayaudit" -xf -
}

# From a directory that is not the tree's, as an administrator would.  Not by chroot, in which no tests could
# make namespaces of their own: the root is the root of a mount namespace, and all that runs in it ends with it.
inside() {
	# shellcheck disable=SC2016 # the inner shell's
	unshare --mount --pid --fork --kill-child sh -c '
		mount --bind "$1" "$1" && mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mount --rbind /sys "$1/sys" &&
			mkdir -p "$1/mnt/host" && cd "$1" && pivot_root . mnt/host && umount -l /mnt/host && cd / && shift && exec "$@"
	' sh "$bare" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM="${TERM:-dumb}" LC_ALL=C.UTF-8 "$@"
}

[ "$(id -u)" -eq 0 ] || { say 'needs root' && exit 77; }
[ ! -e "$bare" ] || { say "$bare is in the way" && exit 1; }
trap leave EXIT
trap 'exit 130' INT TERM HUP
make_root
copy_tree

said=$bare/tmp/said
status=0
inside /srv/relayaudit/start "$@" || status=$?
say "start ended with status $status"
if [ $# -eq 0 ] && [ "$status" -eq 0 ]; then
	inside /srv/relayaudit/start --help >/dev/null 2>"$said" || status=$?
	if grep '^start:' "$said"; then
		say 'the second start was not quiet'
		status=1
	fi
fi
exit "$status"
