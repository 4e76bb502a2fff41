#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# audit-image.sh ROOT DOMAIN COMMAND...
#
# Audits the image of a mail server before it is published. ROOT is the image, unpacked; DOMAIN
# one that it takes mail for; COMMAND starts the server in it, and returns: "postfix start".
#
# First its configuration is read. Then it is run behind a bridge, as container hosts do it, and
# asked from outside in the two ways in which a port is published:
#   forwarded      the server sees each client's own address
#   masqueraded    every client of the world arrives as the bridge, 172.17.0.1
# Nobody who publishes an image knows in which of them it will be run: it has to be closed in both.
# Ends as relayaudit does: 0 closed, 1 something was found, 3 not all could be judged.
#
# The image stays as it is; the reports lie in the working directory, as image-*.json. Needs root,
# iproute2 and nftables. SUITE says what is tried (default: default).
set -eu

inside() {
	root=$1 domain=$2 suite=${SUITE:-default} worst=0
	shift 2
	# The names of the machine's own namespaces are out of the way.
	mkdir -p /run/netns
	mount -t tmpfs -o mode=755 image-names /run/netns
	work=$(mktemp -d)
	trap 'rmdir "$work" || :' EXIT

	audit configuration config --root "$root"
	for way in forwarded masqueraded; do
		network "$way"
		serve "$root" "$@"
		audit "$way" ip netns exec outside "$RELAYAUDIT" scan 198.51.100.1 --mine --port 25 --domain "$domain" \
			--suite "$suite" --from "stranger=local"
		away
	done
	exit "$worst"
}

# audit NAME COMMAND...: the report's text; in image-NAME.json all of it; its status where it is worse.
audit() {
	name=$1
	shift
	[ "$1" != config ] || set -- "$RELAYAUDIT" "$@"
	printf '\n== %s\n' "$name"
	status=0
	"$@" -o text -o "json=image-$name.json" || status=$?
	case $worst$status in 0* | 3[12]) worst=$status ;; esac
}

# The image at 172.17.0.2 behind a bridge, the container host at 198.51.100.1, and a stranger.
network() {
	for name in host image outside; do ip netns add "$name" && ip -n "$name" link set lo up; done
	ip -n host link add bridge type veth peer name eth0 netns image
	ip -n host link add world type veth peer name eth0 netns outside
	ip -n host addr add 172.17.0.1/16 dev bridge
	ip -n host addr add 198.51.100.1/24 dev world
	ip -n image addr add 172.17.0.2/16 dev eth0
	ip -n outside addr add 198.51.100.7/24 dev eth0
	for link in bridge world; do ip -n host link set "$link" up; done
	for name in image outside; do ip -n "$name" link set eth0 up; done
	ip -n image route add default via 172.17.0.1
	ip netns exec host sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	{
		echo 'table ip published {'
		echo 'chain in { type nat hook prerouting priority -100; iifname "world" tcp dport 25 dnat to 172.17.0.2; }'
		[ "$1" = forwarded ] || echo 'chain out { type nat hook postrouting priority 100; oifname "bridge" masquerade; }'
		echo '}'
	} | ip netns exec host nft -f -
}

# The server on a writable copy of its image, which asks no name server.
serve() {
	mount -t tmpfs image "$work"
	mkdir "$work/upper" "$work/work" "$work/root"
	mount -t overlay image -o "lowerdir=$1,upperdir=$work/upper,workdir=$work/work" "$work/root"
	shift
	mount -t proc proc "$work/root/proc"
	mount -t tmpfs -o mode=755 image-dev "$work/root/dev"
	for node in null zero full random urandom; do
		: >"$work/root/dev/$node"
		mount --bind "/dev/$node" "$work/root/dev/$node"
	done
	rm -f "$work/root/etc/resolv.conf"
	: >"$work/root/etc/resolv.conf"
	ip netns exec image unshare --uts sh -c 'hostname mail.image.test && exec "$@"' sh chroot "$work/root" "$@" >"$work/said" 2>&1 </dev/null ||
		{ cat "$work/said" >&2; exit 3; }
	tries=150
	until ip netns exec image ss -Hltn 'sport = :25' | grep -q .; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || { cat "$work/said" >&2; exit 3; }
		sleep 0.2
	done
}

away() {
	# One may end by itself meanwhile.
	ip netns pids image | xargs -r kill -KILL 2>/dev/null || :
	for name in host image outside; do ip netns del "$name"; done
	umount -R -l "$work/root"
	umount -l "$work"
}

RELAYAUDIT=${RELAYAUDIT:-relayaudit}
if [ "${1:-}" = --inside ]; then
	shift
	inside "$@"
fi
[ $# -ge 3 ] || { sed -n '4p' "$0" >&2 && exit 2; }
exec unshare --mount --net --pid --ipc --fork --kill-child --mount-proc sh "$0" --inside "$@"
