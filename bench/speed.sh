#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# speed.sh [SERVER]...
#
# How long one server takes over a long line: Debian's Postfix, Exim, sendmail and
# OpenSMTPD as they are installed, in the lab of tests/mta, and a practice server
# that offers no PIPELINING.  A TUN link (link.c) of RTT_MS lies between "near" and
# "server"; DNS stays beside it.  Times are those of whole processes.
#
# Environment: RTT_MS (100), RUNS (5; the median counts), NMAP_RUNS (3); RELAYAUDIT,
# RELAYAUDIT_PROBEDIR, MEASURED, PRACTISED and SLOW_LINK, which "make bench" sets;
# RELAYAUDIT_LAB, the lab's cache.
#
# Needs root, and what tests/mta needs.  Ends with 1 when a goal is missed.

set -u

bench=$(cd "$(dirname "$0")" && pwd)
here=$bench/../tests/mta
RTT_MS=${RTT_MS:-100} RUNS=${RUNS:-5} NMAP_RUNS=${NMAP_RUNS:-3}
: "${RELAYAUDIT:=relayaudit}" "${MEASURED:?}" "${PRACTISED:?}" "${SLOW_LINK:?}" "${work:=}"
export RTT_MS RUNS NMAP_RUNS RELAYAUDIT MEASURED PRACTISED SLOW_LINK

options='--mine --domain example.org --local-user alice --victim victim@probe.example.net --sender tester@probe.example.net -p 25'
nmap_options='-n -Pn -p 25 --script smtp-open-relay --script-args smtp-open-relay.domain=probe.example.net'

# shellcheck source=figures.sh
. "$bench/figures.sh"

outer() {
	[ "$(id -u)" -eq 0 ] || die 'needs root'
	need nmap unshare setpriv ip jq debootstrap apt-get flock "$RELAYAUDIT"
	[ $# -gt 0 ] || set -- postfix exim sendmail opensmtpd practice
	mtas=$(printf '%s\n' "$@" | grep -vx practice)
	# shellcheck disable=SC2086 # names
	sh "$here/lab.sh" build $mtas || exit 2
	# The roots in use must not be pruned by another run.
	exec 7>>"${RELAYAUDIT_LAB:-/var/cache/relayaudit-lab}/use.lock"
	flock -s 7
	# shellcheck disable=SC2086 # names
	LAB_ROOTS=$(sh "$here/lab.sh" lower base $mtas)
	export LAB_ROOTS
	setpriv --pdeathsig KILL unshare --mount --net --uts --ipc --pid --fork --kill-child --mount-proc \
		sh "$0" --inside "$@"
}

# The long line lies on the way between near and server, and nowhere else.
link_up() {
	"$SLOW_LINK" long-near long-server "$RTT_MS" >"$work/link.out" 2>"$work/link.err" &
	tries=50
	until grep -q ready "$work/link.out"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || die "no link: $(cat "$work/link.err")"
		sleep 0.1
	done
	for end in near server; do
		ip link set "long-$end" netns "$end"
		ip -n "$end" link set "long-$end" up
		# So that a practice server, which keeps to loopback, can stand at the far end.
		ip netns exec "$end" sh -c "echo 1 >/proc/sys/net/ipv4/conf/long-$end/route_localnet"
	done
	ip -n near route add 192.0.2.25 dev long-near src 203.0.113.7
	ip -n server route add 203.0.113.7 dev long-server src 192.0.2.25
	ip -n near route add 127.0.0.25 dev long-near src 203.0.113.7 table local
}

# A connection that is refused takes one round trip.
link_time() {
	inside near chroot "$world" python3 -c '
import socket, time
for _ in range(9):
    begun = time.monotonic()
    socket.socket().connect_ex(("192.0.2.25", 9))
    print((time.monotonic() - begun) * 1000)' | median
}

# audit SERVER [OPTION]...: as often as `runs` says; sets wall and probes.
audit() {
	server=$1
	shift
	: >"$work/walls"
	for _ in $(seq "$runs"); do
		renew
		rm -f "$work/report.json"
		# shellcheck disable=SC2086 # options, as words
		inside near env HOME="$work" "$MEASURED" -k 600 "$work/took" "$RELAYAUDIT" scan "$target" $options "$@" \
			-o "json=$work/report.json" >"$work/out" 2>&1 </dev/null
		took
		echo "$wall" >>"$work/walls"
		jq -e '.verdict == "closed" and .counts.probes_unjudged == 0 and all(.views[]; .throttled | not)' \
			"$work/report.json" >/dev/null 2>&1 || {
			faults="$faults
$server: not closed, something unjudged, or throttled (status $status): $(head -n 3 "$work/out")"
		}
	done
	wall=$(median <"$work/walls")
	probes=$(jq '.counts.attempts - .counts.probes_skipped' "$work/report.json")
}

# row SERVER TOOL SESSIONS PROBES WALL [REMARK]
row() {
	printf '%-10s %-10s %8s %6s %8.0f %6s%s\n' "$1" "$2" "$3" "$4" "$5" "$(reckon "$5 / $rtt" 1)" "${6:+  $6}"
}

# within SERVER SESSIONS RTTS: the goal for the wall time; none where RTTS is "-".
within() {
	[ "$3" != - ] || return 0
	goal "$1, $2 sessions: $3 round trips + 100 ms ($(reckon "$3 * $rtt + 100") ms); took $wall ms" \
		"$wall <= $3 * $rtt + 100" >>"$work/goals"
}

# ours SERVER RTTS-WITH-4 RTTS-WITH-8: sets slow and fast.
ours() {
	audit "$1"
	slow=$wall
	row "$1" relayaudit 4 "$probes" "$wall"
	within "$1" 4 "$2"
	audit "$1" --max-sessions 8
	fast=$wall
	row "$1" relayaudit 8 "$probes" "$wall"
	within "$1" 8 "$3"
}

# The yardstick, spared its name look-ups and its ping.
theirs() {
	: >"$work/walls"
	renew
	for _ in $(seq "$nmap_runs"); do
		# shellcheck disable=SC2086 # options, as words
		inside near "$MEASURED" -k 600 "$work/took" nmap $nmap_options "$target" >"$work/out" 2>&1 </dev/null
		took
		echo "$wall" >>"$work/walls"
	done
	wall=$(median <"$work/walls")
	said=$(sed -n 's/^|_smtp-open-relay: *//p' "$work/out")
	case $said in
	*'all tests failed'*) row "$1" nmap 1 16 "$wall" 'closed' ;;
	*) row "$1" nmap 1 none "$wall" "says: ${said:-nothing}" ;;
	esac
}

# The quotient is taken in one run, since machines drift.
ratio() {
	goal "$1: nmap takes $3 times as long as $2 sessions; $(reckon "$wall / $4" 1) times" "$wall >= $3 * $4" >>"$work/goals"
}

# What the default servers thought of it, before nmap came.
look() { awk -f "$here/$1/unwelcome.awk" "$server_log" >>"$work/unwelcome"; }

# A server that counts for longer than we want to wait begins anew.
renew() {
	[ -n "$forgetful" ] || return 0
	look "$forgetful"
	server_down "$forgetful/default"
	server_up "$forgetful/default" || die "$forgetful does not start again"
}

peace() {
	look "$1"
	goal "$1: the server's log shows no delay, no 421, no hang-up" "$(wc -l <"$work/unwelcome") == 0" >>"$work/goals"
	head -n 5 "$work/unwelcome"
}

real() {
	target=192.0.2.25
	: >"$work/unwelcome"
	# Debian's sendmail counts a client's connections: enough are allowed for one run, and not for a second one.
	if [ "$1" = sendmail ]; then forgetful=$1 nmap_runs=1; fi
	server_up "$1/default" || die "$1 does not start: $(tail -n 5 "$work/server.out")"
	case $1 in
	postfix | exim) ours "$1" 9 5 ;;
	opensmtpd) ours "$1" - 14 ;;
	*) ours "$1" - - ;;
	esac
	peace "$1"
	theirs "$1"
	if [ "$1" = postfix ]; then
		ratio postfix 4 20 "$slow"
		ratio postfix 8 40 "$fast"
	fi
	server_down "$1/default"
}

# One without PIPELINING that hangs up on whoever does not wait for a turn.
practice() {
	target=127.0.0.25
	printf 'name mail.example.org\ndomain example.org\nuser postmaster alice\npipelining no\nstrict-lockstep\n' \
		>"$work/practice.rules"
	inside server "$PRACTISED" -a 127.0.0.25 -p 25 "$work/practice.rules" >"$work/practised.out" 2>"$work/practised" &
	practised=$!
	net_listening server 25 10 "$practised" || die "no practice server: $(cat "$work/practised")"
	ours practice - 14
	theirs practice
	kill "$practised"
	wait "$practised" 2>"$work/out"
}

inner() {
	mount -t tmpfs -o mode=755 bench-run /run
	work=/run/lab
	mkdir "$work"
	printf '%s\n' "${LAB_ROOTS:?}" >"$work/lower"
	: >"$work/goals"
	hostname probe.example.net
	# Set by them:
	: "${world:=}" "${server_log:=}"
	for part in net world server; do
		# shellcheck source=/dev/null
		. "$here/$part.sh"
	done
	{ net_up && world_up; } || die 'the network could not be built'
	link_up
	faults=
	rtt=$(link_time)
	machine
	echo "A line of $RTT_MS ms; a round trip, measured: $rtt ms.  Medians of $RUNS runs ($NMAP_RUNS of nmap)."
	echo "relayaudit scan 192.0.2.25 $options [--max-sessions 8]"
	echo "nmap $nmap_options 192.0.2.25"
	echo
	printf '%-10s %-10s %8s %6s %8s %6s\n' server tool sessions tests 'wall ms' RTTs
	for server; do
		runs=$RUNS nmap_runs=$NMAP_RUNS forgetful=
		if [ "$server" = practice ]; then practice; else real "$server"; fi
	done
	echo
	cat "$work/goals"
	if [ -n "$faults" ]; then
		echo "NOT SOUND$faults"
		missed=1
	fi
	[ "$missed" -eq 0 ]
}

if [ "${1:-}" = --inside ]; then
	shift
	inner "$@"
else
	outer "$@"
fi
