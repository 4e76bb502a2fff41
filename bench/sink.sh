#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# sink.sh
#
# Messages a second that a sink takes, one a connection, each on disk before it is
# answered; with smtp-sink of Postfix beside it, which keeps nothing, where that is
# installed.  Then its memory under hostile sessions.  All on loopback.
#
# Environment: MESSAGES (5000), AT_ONCE (20 connections), BYTES (2000 each), RUNS (3; the median counts),
# SESSIONS (10000 hostile ones), STORE_DIR (where the store lies: the disk that is measured);
# RELAYAUDIT, SENDER and BESIEGER, which "make bench" sets.
#
# Ends with 1 when a goal is missed.

set -u

bench=$(cd "$(dirname "$0")" && pwd)
: "${MESSAGES:=5000}" "${AT_ONCE:=20}" "${BYTES:=2000}" "${RUNS:=3}" "${SESSIONS:=10000}" "${STORE_DIR:=.}"
: "${RELAYAUDIT:=relayaudit}" "${SENDER:?}" "${BESIEGER:?}"

# shellcheck source=figures.sh
. "$bench/figures.sh"

need mkfifo "$RELAYAUDIT" "$SENDER" "$BESIEGER"
work=$(mktemp -d "$STORE_DIR/bench-sink.XXXXXX") || die 'there is no room'
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# Sets door.
sink_up() {
	mkfifo "$work/words"
	"$RELAYAUDIT" sink -l 127.0.0.1:0 -d sink.test --store "$work/store" --key "$work/key" --quota 4G --rate 10000000 2>"$work/words" &
	sink=$!
	exec 9<"$work/words"
	read -r words <&9
	cat <&9 >"$work/log" &
	exec 9<&-
	door=${words##* }
	rm "$work/words"
}

# rate NAME OPTION...: sets rate.
rate() {
	name=$1
	shift
	"$SENDER" -n "$MESSAGES" -c "$AT_ONCE" -s "$BYTES" "$@" "$work/key" "$door" >"$work/numbers" 2>"$work/sent"
	kept=0 ms=1
	eval "$(grep '^kept=' "$work/sent")"
	[ "$kept" -eq "$MESSAGES" ] || die "$name: $(cat "$work/sent")"
	rate=$(reckon "$kept * 1000 / $ms")
	printf '%-28s %6s messages/s\n' "$name" "$rate"
}

machine 2>"$work/said"
echo "$MESSAGES messages of $BYTES bytes, one a connection, $AT_ONCE at once; store in $(df --output=fstype "$work" | tail -n 1)"
sink_up
: >"$work/rates"
for _ in $(seq "$RUNS"); do
	rate 'relayaudit sink'
	echo "$rate" >>"$work/rates"
	if command -v smtp-sink >"$work/said"; then
		ours=$door
		smtp-sink 127.0.0.1:10825 1000 2>"$work/said" &
		other=$!
		door=127.0.0.1:10825
		until "$SENDER" -p "$work/key" "$door" 2>&1 | grep -q '^kept=1'; do :; done
		rate 'smtp-sink, which keeps none' -p
		kill "$other"
		door=$ours
	fi
done
rate 'relayaudit sink, STARTTLS' -t
"$BESIEGER" -n "$SESSIONS" "$work/key" "$door"
rate 'relayaudit sink, afterwards'
peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$sink/status")
kill "$sink"
goal "300 messages a second; $(median <"$work/rates")" "$(median <"$work/rates") >= 300"
goal "16 MiB at most, with $SESSIONS hostile sessions; $(reckon "$peak / 1024" 1) MiB" "$peak <= 16 * 1024"
[ "$missed" -eq 0 ]
