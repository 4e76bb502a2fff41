#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# map.sh: part of make check-mta. A real Postfix and a real Exim, each of which trusts
# 192.168.0.0/24, 127.0.0.0/8 and 203.0.0.0/8, are mapped: by XCLIENT at the default
# resolution, by PROXY headers, and by exim -bh. Exactly these networks must be found.
#
# Environment: RELAYAUDIT, RELAYAUDIT_PROBEDIR, RELAYAUDIT_LAB, as for run.sh.
#
# Needs root. Runs in namespaces of its own, as run.sh does.

set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=apart.sh
. "$here/apart.sh"

outer() {
	apart_needs jq
	apart 'postfix vantage-exim'
}

# server MTA LAYER: its root, with the configuration of the MTA's name in map/.
server() {
	root=$(lab_root "$1" "$(lower "$2"):$(lower base)") || return 1
	server_log=$root/var/log/lab.log
	ip netns exec server unshare --mount --uts --ipc --pid --fork --kill-child \
		chroot "$root" sh /lab/init.sh map "$1" >"$work/$1.out" 2>&1 </dev/null &
	server_pid=$!
	tries=300
	while [ ! -e "$root/run/lab-started" ]; do
		kill -0 "$server_pid" 2>/dev/null && [ "$tries" -gt 0 ] || return 1
		tries=$((tries - 1))
		sleep 0.2
	done
	net_listening server 25 30 "$server_pid"
}

# within COMMAND...: beside the server, in its root and its namespaces.
within() { nsenter -t "$(pgrep -P "$server_pid" | head -n 1)" --all --root --wd "$@"; }

server_away() {
	kill -KILL "$server_pid" 2>/dev/null
	wait "$server_pid" 2>/dev/null
}

# map NAME OPTION...: leaves NAME.json, NAME.text and NAME.svg.
map() {
	name=$1
	shift
	inside server env HOME="$work" timeout 600 "$RELAYAUDIT" map 127.0.0.1 -o "json=$work/$name.json" -o "text=$work/$name.text" \
		-o "svg=$work/$name.svg" "$@" >"$work/$name.out" 2>&1 </dev/null
	echo $? >"$work/$name.status"
	[ -s "$work/$name.json" ] || echo '{}' >"$work/$name.json"
}

# found NAME WANTED TEXT
found() {
	said=$(jq -c '[.map.networks[]?.prefix]' "$work/$1.json")
	whole=$(jq -c '.map.whole' "$work/$1.json")
	[ "$said" = "$2" ] && [ "$whole" = true ] && [ "$(cat "$work/$1.status")" = 1 ]
	check $? "$3: $(jq -r '"\(.map.asked) questions in \(.map.sessions) sessions, \(.map.seconds) s"' "$work/$1.json")" || {
		echo "# found $said, whole $whole"
		show 'the report' "$work/$1.text"
		show "relayaudit's output" "$work/$1.out"
		show "the server's log" "$server_log"
	}
}

three='["192.168.0.0/24","203.0.0.0/8","127.0.0.0/8"]'

postfix_maps() {
	map xclient --from xclient -p 10025
	found xclient "$three" 'Postfix, by XCLIENT, one client in every /16'
	grep -q '16777216' "$work/xclient.svg"
	check $? 'the picture tells the sizes'
	# The waits of in_flow_delay have been seen, and cost only time from here on.
	within postconf -e in_flow_delay=0
	within postfix reload >"$work/reload.out" 2>&1
	map once -4 --from xclient -p 10027 --resolution /8 &
	map proxy -4 --from proxyv2 -p 10026 --resolution /8
	wait "$!"
	found once "$three" 'Postfix, by XCLIENT that is granted once a session'
	found proxy "$three" 'Postfix, by PROXY version 2'
}

exim_maps() {
	map bh -4 --from "exec:chroot $root exim4 -bh {client}" --resolution /8
	found bh "$three" 'Exim, by exim -bh'
	! pgrep -f 'exim4 -bh' >"$work/left"
	check $? 'no command is left' || show 'what is left' "$work/left"
}

inner() {
	mount -t tmpfs -o mode=755 lab-run /run
	work=/run/lab
	mkdir "$work"
	printf '%s\n' "${LAB_ROOTS:?}" >"$work/lower"
	hostname probe.example.net
	: "${passed:=0}" "${failed:=0}" "${server_log:=}"
	for part in tap net world; do
		# shellcheck source=/dev/null
		. "$here/$part.sh"
	done
	{ net_up && world_up; } || {
		show 'DNS' "$work/dns.log"
		echo 'Bail out! the network could not be built'
		exit 1
	}
	if server postfix postfix; then
		postfix_maps
	else
		check 1 'Postfix starts' || show "the server's output" "$work/postfix.out"
	fi
	server_away
	if server exim vantage-exim; then
		exim_maps
	else
		check 1 'Exim starts' || show "the server's output" "$work/exim.out"
	fi
	server_away
	echo "1..$((passed + failed))"
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}

if [ "${1:-}" = --inside ]; then
	inner
else
	outer
fi
