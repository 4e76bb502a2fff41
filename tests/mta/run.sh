#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run.sh [--truth-only | --build-only | --shell] [MTA[/CONFIGURATION]...]
#
# make check-mta: real mail servers from Debian packages, in right and wrong
# configurations, in network namespaces that this script makes. For each
# configuration it (a) proves what is declared of it by really sending mail, then
# (b) asks relayaudit, and compares. Without arguments: all of them.
#
# --truth-only leaves (b) out, --build-only only fills the cache, and --shell starts
# a shell beside each server instead ("inside near COMMAND..." runs there).
#
# Environment: RELAYAUDIT (the program), RELAYAUDIT_PROBEDIR (its probes),
# RELAYAUDIT_LAB (the cache of roots).
#
# Needs root. Runs in mount, network, process and host name namespaces of its
# own, so that every mount, process and namespace ends with it.

set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=apart.sh
. "$here/apart.sh"

usage() {
	sed -n '4p' "$0" >&2
	exit 2
}

# MTA/CONFIGURATION for each argument; an MTA means all of its configurations.
expand() {
	[ $# -gt 0 ] || set -- postfix exim sendmail opensmtpd courier chasquid haraka aiosmtpd qmail
	for name; do
		case $name in
		*/*)
			[ -f "$here/$name.sh" ] || { echo "run.sh: no $name" >&2 && return 2; }
			echo "$name"
			;;
		*)
			[ -f "$here/$name/layer.sh" ] || { echo "run.sh: no $name" >&2 && return 2; }
			echo "$name/default"
			for file in "$here/$name"/*.sh; do
				file=${file##*/}
				case $file in layer.sh | start.sh | hurry.sh | deliver.sh | default.sh) continue ;; esac
				echo "$name/${file%.sh}"
			done
			;;
		esac
	done
}

# Outside: what needs the machine; then in again, inside namespaces.
outer() {
	apart_needs jq
	configs=$(expand "$@") || exit 2
	if [ "$mode" = full ]; then
		command -v "$RELAYAUDIT" >/dev/null || skip "no program $RELAYAUDIT"
	fi
	mtas=$(printf '%s\n' "$configs" | sed 's,/.*,,' | sort -u)
	# A layer that could not be built fails its configurations (worker, below).
	# shellcheck disable=SC2086 # names
	sh "$here/lab.sh" build $mtas
	built=$?
	[ "$mode" != build ] || exit "$built"

	# shellcheck disable=SC2086 # names
	apart_roots $mtas
	children=
	trap 'end_children; exit 130' INT TERM HUP
	if [ "$(echo "$configs" | wc -l)" -eq 1 ] || [ "$mode" = shell ]; then
		# shellcheck disable=SC2086 # names
		more list $configs
		wait "$!"
	else
		side_by_side
	fi
}

# shellcheck disable=SC2086 # process ids
end_children() { kill -KILL $children 2>/dev/null; }

# One more worker.
more() {
	apart_start "$mode" "$@"
	children="$children $!"
}

# The default configurations keep their pauses: they take longest, and begin.
in_order() {
	printf '%s\n' "$configs" | grep '/default$'
	printf '%s\n' "$configs" | grep -v '/default$'
}

# A configuration spends its time waiting for pauses, so that several workers run side
# by side, each in a world of its own; each takes the next configuration that none has
# taken. Results are printed in the order of the names when all are done.
side_by_side() {
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch"' EXIT
	mkdir "$scratch/queue" "$scratch/taken" "$scratch/results"
	in_order | awk -v dir="$scratch/queue" '{
		file = sprintf("%s/%04d", dir, NR)
		print >file
		close(file)
	}'
	workers=${LAB_WORKERS:-$(($(nproc) * 3))}
	while [ "$workers" -gt 0 ]; do
		more queue "$scratch" >"$scratch/worker.$workers" 2>&1
		workers=$((workers - 1))
	done
	for child in $children; do wait "$child"; done
	# What a worker says of itself (that it could not begin).
	cat "$scratch"/worker.*
	for config in $configs; do
		results=$scratch/results/$(echo "$config" | tr / =)
		cat "$results" 2>/dev/null
		tail -n 1 "$results" 2>/dev/null | grep -q '^[0-9]* passed, [0-9]* failed$' ||
			printf 'not ok 0 - %s: to the end\n0 passed, 1 failed\n' "$config"
	done >"$scratch/all"
	renumber <"$scratch/all"
	! grep -q '^not ok' "$scratch/all"
}

# Many plans become one.
renumber() {
	awk '
		/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3; next }
		/^(not )?ok [0-9]+/ { sub(/ok [0-9]+/, "ok " ++count) }
		{ print }
		END { print "1.." count + 0; print passed + 0 " passed, " failed + 0 " failed" }'
}

# A shell with the server running: "ip netns exec near ..." and, for the tools of
# the lab, "ip netns exec near chroot $world swaks ...".
one_shell() {
	world=$work/world/root log=$server_log "${SHELL:-/bin/sh}"
}

one() {
	began=$(date +%s)
	echo "# $1: $(config_get "$1" what)"
	if ! [ -d "$(lower "${1%/*}")" ]; then
		check 1 "$1: the root of ${1%/*} could be built"
		return
	fi
	if ! server_up "$1"; then
		check 1 "$1: the server starts"
		show "the server's output" "$work/server.out"
		show "the server's log" "$server_log"
	elif [ "$mode" = shell ]; then
		one_shell
	else
		truth "$1"
		[ "$mode" = truth ] || scan "$1"
		truth_stays "$1"
		[ "$mode" = truth ] || scan_quiet "$1"
	fi
	server_down "$1"
	echo "# $1: $(($(date +%s) - began)) s"
}

# Inside: everything here is gone when the first process ends.
inner() {
	# An empty /run: nothing of the machine's services is in reach, and nothing is
	# left behind.
	mount -t tmpfs -o mode=755 lab-run /run
	work=/run/lab
	mkdir "$work"
	printf '%s\n' "${LAB_ROOTS:?}" >"$work/lower"
	hostname probe.example.net
	# Set by them:
	: "${passed:=0}" "${failed:=0}" "${server_log:=}"
	for part in tap net world server truth scan; do
		# shellcheck source=/dev/null
		. "$here/$part.sh"
	done
	{ net_up && world_up; } || {
		show 'DNS' "$work/dns.log"
		show 'the sink' "$work/sink.log"
		echo 'Bail out! the network could not be built'
		exit 1
	}
	case $1 in
	queue) worker "$2" ;;
	list)
		shift
		for config; do one "$config"; done
		echo "1..$((passed + failed))"
		echo "$passed passed, $failed failed"
		[ "$failed" -eq 0 ]
		;;
	esac
}

# worker SCRATCH: takes what is in the queue until there is nothing left. Who moves a
# file away has it.
worker() {
	for file in "$1"/queue/*; do
		mine=$1/taken/${file##*/}
		mv "$file" "$mine" 2>/dev/null || continue
		config=$(cat "$mine")
		passed=0
		failed=0
		results=$1/results/$(echo "$config" | tr / =)
		one "$config" >"$results" 2>&1
		echo "$passed passed, $failed failed" >>"$results"
	done
}

mode=full
while [ $# -gt 0 ]; do
	case $1 in
	--truth-only) mode=truth ;;
	--build-only) mode=build ;;
	--shell) mode=shell ;;
	--inside)
		mode=$2
		shift 2
		inner "$@"
		exit
		;;
	-*) usage ;;
	*) break ;;
	esac
	shift
done
outer "$@"
