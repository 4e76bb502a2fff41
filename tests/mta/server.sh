# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# shellcheck disable=SC2034 # server_log is read by the others
# One mail server in one configuration: its root, its processes, its log.
: "${work:?}" "${here:?}"

# The configuration's data: lines "#: key value" at the head of its file.
config_get() { sed -n "s/^#: $2\$//p; s/^#: $2  *//p" "$here/$1.sh"; }

# server_up MTA/CONFIGURATION; sets server_pid, server_log.
server_up() {
	mta=${1%/*}
	root=$(lab_root server "$(lower "$mta"):$(lower base)") || return 1
	server_log=$root/var/log/lab.log
	config_get "$1" dns >"$work/dns.more"
	dns_more "$work/dns.more" || return 1
	for address in $(config_get "$1" address); do
		ip -n server addr add "$address" dev eth0 || return 1
	done
	ip netns exec server unshare --mount --uts --ipc --pid --fork --kill-child \
		chroot "$root" sh /lab/init.sh "$mta" "${1#*/}" \
		>"$work/server.out" 2>&1 </dev/null &
	server_pid=$!
	tries=300
	while [ ! -e "$root/run/lab-started" ]; do
		kill -0 "$server_pid" 2>/dev/null && [ "$tries" -gt 0 ] || return 1
		tries=$((tries - 1))
		sleep 0.2
	done
	net_listening server 25 30 "$server_pid"
}

# All of it goes: its first process takes the others with it.
server_down() {
	kill -KILL "$server_pid" 2>/dev/null
	wait "$server_pid" 2>/dev/null
	for address in $(config_get "$1" address); do
		ip -n server addr del "$address" dev eth0
	done
	# What a configuration told the kernel outlives its processes.
	if [ -x "$root/usr/sbin/nft" ]; then
		ip netns exec server chroot "$root" nft flush ruleset
	fi
	lab_root_away server
	rm -f "$work/world/root/var/sink"/*
}
