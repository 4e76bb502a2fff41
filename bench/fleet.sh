#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# fleet.sh
#
# Many servers at once: TARGETS addresses of 127.0.0.0/8 that one practice server
# answers for, in a network namespace of its own.  First each reply waits DELAY_MS, and
# relayaudit and nmap take turns; then replies wait HOLD_MS, so that the sessions of
# HELD servers, 10,000 and more, are open at the same time, and memory is what counts.
#
# Environment: TARGETS (2000), JOBS (800, servers at once), DELAY_MS (50), RUNS (3; the
# median counts), HELD (1500), HOLD_MS (800; more looks like a server that wants to be
# left alone), NMAP_TARGETS (200) for nmap as it is, which is slow; RELAYAUDIT,
# RELAYAUDIT_PROBEDIR, MEASURED and PRACTISED, which "make bench" sets.
#
# Needs root.  Ends with 1 when a goal is missed.

set -u

bench=$(cd "$(dirname "$0")" && pwd)
TARGETS=${TARGETS:-2000} JOBS=${JOBS:-800} DELAY_MS=${DELAY_MS:-50} RUNS=${RUNS:-3}
HELD=${HELD:-1500} HOLD_MS=${HOLD_MS:-800} NMAP_TARGETS=${NMAP_TARGETS:-200}
: "${RELAYAUDIT:=relayaudit}" "${MEASURED:?}" "${PRACTISED:?}"
export TARGETS JOBS DELAY_MS RUNS HELD HOLD_MS NMAP_TARGETS RELAYAUDIT MEASURED PRACTISED

options='--domain practice.test --local-user alice -p 25 --max-sessions 7 --quiet'
nmap_options='-n -Pn -p 25 --script smtp-open-relay --script-args smtp-open-relay.domain=probe.example.net'
tuned='--min-parallelism 1000 --max-parallelism 2000 -T5'

# shellcheck source=figures.sh
. "$bench/figures.sh"

# addresses NUMBER: that many, a line each.
addresses() { awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) printf "127.0.%d.%d\n", 1 + i / 250, 1 + i % 250 }'; }

# server_up DELAY: a new one, since it counts from its beginning.
server_up() {
	printf 'domain practice.test\nuser postmaster alice\nreply-delay %s\n' "$1" >"$work/rules"
	"$PRACTISED" -w -p 25 "$work/rules" >"$work/practised.out" 2>"$work/counts" &
	server=$!
	tries=50
	until grep -q . "$work/practised.out"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || die "no practice server: $(cat "$work/counts")"
		sleep 0.1
	done
}

# Sets sessions_at_once, early, most_errors and others as counted, and server_cpu (ms).
server_down() {
	server_cpu=$(awk -v tick="$(getconf CLK_TCK)" '{ print ($14 + $15) * 1000 / tick }' "/proc/$server/stat")
	kill "$server"
	wait "$server" 2>"$work/wait"
	sessions_at_once=0 early=0 most_errors=0
	# shellcheck source=/dev/null
	. "$work/counts"
}

# row TOOL TARGETS AUDITED
row() {
	rate=$(reckon "$3 * 1000 / $wall" 1)
	printf '%-22s %7s %8s %9s %11s %7s %10s %10s %8s\n' "$1" "$2" "$(reckon "$wall / 1000" 2)" "$rate" \
		"$(reckon "$cpu / $2" 2)" "$(reckon "$peak / 1024")" "$sessions_at_once" \
		"$(reckon "100 * $cpu / $wall") %" "$(reckon "100 * $server_cpu / $wall") %"
}

# What the server saw, and what the report says.
sound() {
	{ [ "$status" -eq 0 ] && grep -q '^CLOSED' "$work/report"; } ||
		faults="$faults
$1: not closed, or something unjudged (status $status): $(head -n 1 "$work/report") $(head -n 3 "$work/out")"
	[ "$early" -eq 0 ] && [ "$most_errors" -le 9 ] ||
		faults="$faults
$1: $early sessions spoke before the banner, $most_errors refusals in one of them"
}

# ours NAME TARGETS DELAY JOBS
ours() {
	server_up "$3"
	# shellcheck disable=SC2046,SC2086 # words
	measure "$RELAYAUDIT" scan $options --jobs "$4" -o "text=$work/report" $(addresses "$2")
	server_down
	row "$1" "$2" "$2"
	sound "$1"
}

# theirs NAME TARGETS [OPTION]...
theirs() {
	name=$1
	targets=$2
	shift 2
	addresses "$targets" >"$work/addresses"
	server_up "$DELAY_MS"
	# shellcheck disable=SC2086 # options, as words
	measure nmap $nmap_options "$@" -iL "$work/addresses"
	server_down
	row "$name" "$targets" "$(grep -c 'all tests failed' "$work/out")"
}

outer() {
	[ "$(id -u)" -eq 0 ] || die 'needs root'
	need nmap unshare setpriv prlimit ip getconf "$RELAYAUDIT"
	setpriv --pdeathsig KILL unshare --mount --net --pid --fork --kill-child --mount-proc sh "$0" --inside
}

inner() {
	mount -t tmpfs -o mode=755 bench-run /run
	work=/run/bench
	mkdir "$work"
	ip link set lo up
	# As many as may come in one moment.
	echo 65535 >/proc/sys/net/core/somaxconn
	echo 65535 >/proc/sys/net/ipv4/tcp_max_syn_backlog
	hard=$(prlimit --pid $$ --nofile --noheadings --output HARD)
	prlimit --pid $$ --nofile=1048576 2>"$work/out" || prlimit --pid $$ --nofile="$hard"
	faults=
	machine
	echo "$(prlimit --pid $$ --nofile --noheadings --output SOFT) descriptors; $TARGETS servers, each reply $DELAY_MS ms late; $RUNS runs in turn."
	echo "relayaudit scan $options --jobs $JOBS -o text=FILE ADDRESS..."
	echo "nmap $nmap_options $tuned -iL FILE"
	echo
	printf '%-22s %7s %8s %9s %11s %7s %10s %10s %8s\n' tool servers seconds servers/s 'cpu ms each' MiB sessions 'its cpu' server
	: >"$work/rates"
	: >"$work/ratios"
	for _ in $(seq "$RUNS"); do
		ours relayaudit "$TARGETS" "$DELAY_MS" "$JOBS"
		own=$rate
		# shellcheck disable=SC2086 # options, as words
		theirs 'nmap, tuned' "$TARGETS" $tuned
		reckon "$own / $rate" 2 >>"$work/ratios"
		echo "$own" >>"$work/rates"
	done
	theirs 'nmap' "$NMAP_TARGETS"
	plain=$rate
	ours "held, $HOLD_MS ms a reply" "$HELD" "$HOLD_MS" "$HELD"
	echo
	ratio=$(median <"$work/ratios")
	goal "8 times the servers a second of tuned nmap; $ratio times" "$ratio >= 8"
	echo "         $(reckon "$(median <"$work/rates") / $plain") times those of nmap as it is"
	goal "10,000 sessions at once; $sessions_at_once" "$sessions_at_once >= 10000"
	goal "64 MiB at most with them; $(reckon "$peak / 1024" 1) MiB" "$peak <= 64 * 1024"
	if [ -n "$faults" ]; then
		echo "NOT SOUND$faults"
		missed=1
	fi
	[ "$missed" -eq 0 ]
}

if [ "${1:-}" = --inside ]; then inner; else outer; fi
