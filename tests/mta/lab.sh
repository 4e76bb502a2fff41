#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the roots that the mail servers live in.
#
#   lab.sh build MTA...   builds what is missing: the base root, one layer for each MTA.
#                         A layer that fails is told of, and the others are built.
#   lab.sh lower NAME...  prints the directories of finished roots ("base" or MTAs),
#                         each as "NAME DIRECTORY"
#
# The base is a small Debian; a layer is the upper directory of an overlay over
# it, in which one mail server is installed. Debian's mail servers exclude each
# other, so that each needs a root of its own. The packages come from the mirror
# that this machine's own apt uses, and what is no package from the registry that its
# own npm uses. Downloads are the only steps with a network: packages are set up without
# one, so that no installation script can ask DNS or reach a mail server.
#
# The cache is $RELAYAUDIT_LAB (default /var/cache/relayaudit-lab). A root is
# built under a temporary name and renamed when it is complete; its name holds a
# hash of its recipe, so that a changed recipe is a new root.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${RELAYAUDIT_LAB:-/var/cache/relayaudit-lab}

say() { printf 'lab: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# One line for each part of Debian that apt knows: "URI release component".
# shellcheck disable=SC2016 # the dollars are apt's
mirror_ask() {
	apt-get indextargets 'Created-By: Packages' 'Origin: Debian' 'Component: main' \
		--format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(LABEL)' | sort -u
}

# Asked once: apt takes its time.
mirror=${LAB_MIRROR:-$(mirror_ask)}
export LAB_MIRROR="$mirror"
mirror_lines() { printf '%s\n' "$mirror"; }

mirror_main() {
	mirror_lines | awk '$4 == "Debian" && $2 !~ /-/ { print $1, $2; exit }'
}

# The recipe's hash: the scripts, and the Debian release.
key_of() (
	name=$1
	set -- "$here/lab.sh"
	[ "$name" = base ] || set -- "$@" "$here/$name/layer.sh" "$here/$name"/package*.json
	{ cat "$@" 2>/dev/null || :; mirror_main; } | sha256sum | cut -c 1-12
)

dir_of() { printf '%s/%s-%s\n' "$cache" "$1" "$(key_of "$1")"; }

# apt inside the new root: same sources, same proxy, no extras.
apt_settings() (
	root=$1
	mirror_lines | awk '{ print "deb", $1, $2, $3 }' >"$root/etc/apt/sources.list"
	{
		apt-config dump | grep -E '^Acquire::(http|https)::[^ ]* "..*";$' || :
		printf 'Acquire::Languages "none";\n'
		printf 'APT::Install-Recommends "false";\n'
	} >"$root/etc/apt/apt.conf.d/99lab"
	cat >"$root/etc/dpkg/dpkg.cfg.d/lab" <<-'END'
		force-unsafe-io
		path-exclude=/usr/share/doc/*
		path-exclude=/usr/share/man/*
		path-exclude=/usr/share/locale/*
	END
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
)

# Who the machine is, as an administrator would have set it up.
machine_identity() (
	root=$1
	echo mail >"$root/etc/hostname"
	echo example.org >"$root/etc/mailname"
	echo 'nameserver 192.0.2.53' >"$root/etc/resolv.conf"
	cat >"$root/etc/hosts" <<-'END'
		127.0.0.1 localhost
		::1 localhost ip6-localhost
		192.0.2.25 mail.example.org mail
		2001:db8:25::25 mail.example.org mail
	END
	printf 'postmaster: alice\nroot: alice\n' >"$root/etc/aliases"
	chroot "$root" useradd --create-home --shell /bin/sh alice
	mkdir -p "$root/lab" "$root/var/sink"
)

# Runs a command with no network but a loopback that is up.
offline() { unshare --net sh -c 'ip link set lo up && exec "$@"' offline "$@"; }

# Fetches with the network, installs without it. The download may fail because
# the package lists have aged: they are renewed once.
install_packages() (
	root=$1
	shift
	export DEBIAN_FRONTEND=noninteractive LC_ALL=C
	mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
	mount -t proc proc "$root/proc"
	chroot "$root" apt-get -qy -d install "$@" >/dev/null ||
		{ chroot "$root" apt-get -q update && chroot "$root" apt-get -qy -d install "$@"; }
	umount "$root/etc/resolv.conf"
	offline chroot "$root" apt-get -qy --no-download install "$@"
	chroot "$root" apt-get clean
)

# What this machine's own npm goes by, for the npm inside the new root: the registry,
# the way there, and whom it trusts. No names of users, no passwords.
npm_settings() (
	root=$1
	: >"$root/root/.npmrc"
	command -v npm >/dev/null || exit 0
	for key in registry proxy https-proxy noproxy strict-ssl cafile; do
		value=$(cd / && npm config get "$key" 2>/dev/null) || continue
		case $value in '' | null | undefined) continue ;; esac
		if [ "$key" = cafile ]; then
			cp "$value" "$root/etc/npm-ca.pem" || continue
			value=/etc/npm-ca.pem # of the new root
		fi
		printf '%s=%s\n' "$key" "$value"
	done >"$root/root/.npmrc"
)

# What is no Debian package: "layer.sh fetch" runs inside the root, with the network
# and nothing to be started.
fetch() (
	root=$1
	name=$2
	[ "$(sh "$here/$name/layer.sh" fetches)" = npm ] || exit 0
	npm_settings "$root"
	mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
	mount -t proc proc "$root/proc"
	status=0
	chroot "$root" env HOME=/root sh "/lab/$name/layer.sh" fetch || status=$?
	umount "$root/etc/resolv.conf" "$root/proc"
	rm -rf "$root/root/.npmrc" "$root/root/.npm" "$root/root/npm-ca.pem"
	[ "$status" -eq 0 ] || die "npm did not bring what $name/layer.sh fetches"
)

# Runs inside namespaces of its own; $1 is an empty directory.
fill_base() (
	root=$1
	read -r uri release <<-END
		$(mirror_main)
	END
	eval "$(apt-config shell proxy Acquire::http::Proxy)"
	if [ -n "${proxy:-}" ]; then export http_proxy="$proxy"; fi
	debootstrap --variant=minbase "$release" "$root" "$uri"
	apt_settings "$root"
	mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
	chroot "$root" apt-get -q update
	umount "$root/etc/resolv.conf"
	install_packages "$root" netbase python3 dnsmasq-base swaks libio-socket-inet6-perl
	machine_identity "$root"
)

fill_layer() (
	dir=$1
	name=$2
	layer=$here/$name/layer.sh
	mkdir "$dir/root" "$dir/memory"
	# In memory first: an overlay can't write to every kind of file system, least of
	# all to another overlay, and packages sync often.
	mount -t tmpfs -o mode=755 lab-layer "$dir/memory"
	mkdir "$dir/memory/upper" "$dir/memory/work"
	mount -t overlay overlay -o "lowerdir=$(dir_of base),upperdir=$dir/memory/upper" \
		-o "workdir=$dir/memory/work" "$dir/root"
	mount --bind -o ro "$here" "$dir/root/lab"
	sh "$layer" preseed | chroot "$dir/root" debconf-set-selections
	# shellcheck disable=SC2046 # a list of packages
	install_packages "$dir/root" $(sh "$layer" packages)
	fetch "$dir/root" "$name"
	offline chroot "$dir/root" sh "/lab/$name/layer.sh" prepare
	umount -R "$dir/root"
	cp -a "$dir/memory/upper" "$dir/upper"
)

# Builds NAME in namespaces of its own (so that mounts and daemons end with it),
# and gives it its final name when it is whole.
build_one() (
	name=$1
	final=$(dir_of "$name")
	[ ! -d "$final" ] || exit 0
	began=$(date +%s)
	tmp=$cache/tmp.$name.$$
	log=$cache/$name.log
	rm -rf "$tmp"
	mkdir -p "$tmp"
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 130' INT TERM HUP
	unshare --mount --uts --ipc --pid --fork --kill-child --mount-proc \
		sh "$here/lab.sh" fill "$name" "$tmp" >"$log" 2>&1 </dev/null ||
		{ tail -n 20 "$log" >&2; die "could not build $name (all of it: $log)"; }
	if [ "$name" = base ]; then
		mv "$tmp" "$final"
	else
		mv "$tmp/upper" "$final"
	fi
	say "$name built in $(($(date +%s) - began)) s"
)

# Roots of older recipes go when no run is using any root: every run holds a
# shared lock on use.lock.
prune() (
	exec 8>>"$cache/use.lock"
	flock -n -x 8 || exit 0
	for dir in "$cache"/*-*; do
		[ -d "$dir" ] || continue
		name=${dir##*/}
		name=${name%-*}
		if [ "$name" != base ] && [ ! -f "$here/$name/layer.sh" ]; then continue; fi
		[ "$dir" = "$(dir_of "$name")" ] || rm -rf "$dir"
	done
)

build() (
	for tool in debootstrap unshare flock apt-get; do
		command -v "$tool" >/dev/null || die "$tool is missing"
	done
	[ -n "$(mirror_main)" ] || die 'apt knows no Debian mirror'
	mkdir -p "$cache"
	exec 9>>"$cache/build.lock"
	flock 9
	rm -rf "$cache"/tmp.*
	build_one base
	status=0
	for mta; do build_one "$mta" || status=1; done
	prune
	return "$status"
)

case ${1:-} in
build) shift; build "$@" ;;
lower)
	shift
	for name; do echo "$name $(dir_of "$name")"; done
	;;
fill)
	hostname mail.example.org
	if [ "$2" = base ]; then fill_base "$3"; else fill_layer "$3" "$2"; fi
	;;
*) die 'usage: lab.sh build MTA... | lower NAME...' ;;
esac
