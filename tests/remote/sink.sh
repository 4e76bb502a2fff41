#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# sink.sh: what a sink promises, tried from outside: each message that it answered
# 250 is in the store whole, whatever happens to the process or the disk; who is hostile
# gets nothing, and does not keep an honest client out; and nobody relays through it.
#
# Environment: RELAYAUDIT, RELAYAUDIT_PROBEDIR, SENDER, BESIEGER (the programs);
# SINK_KILLS (25) moments of kill -9; SINK_SESSIONS (2000) hostile sessions; SINK_SEED.

set -u
LC_ALL=C
export LC_ALL

: "${RELAYAUDIT:=relayaudit}" "${SENDER:=sender}" "${BESIEGER:=besieger}"
: "${INSIDE_WORK:=}" "${SINK_KILLS:=25}" "${SINK_SESSIONS:=2000}" "${SINK_SEED:=$$}"
most_kib=24576

for tool in jq "$RELAYAUDIT" "$SENDER" "$BESIEGER"; do
	command -v "$tool" >/dev/null 2>&1 || {
		echo "1..0 # SKIP there is no $tool"
		exit 0
	}
done
# Sanitizers have memory of their own.
if grep -q __asan_init "$RELAYAUDIT"; then most_kib=2000000; fi

count=0
failed=0

# judge SENTENCE FAULTS: one result; FAULTS is what was wrong, a line each.
judge() {
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count - $1"
	else
		failed=$((failed + 1))
		echo "not ok $count - $1"
		printf '%s\n' "$2" | sed -n 's/^/# /; 1,20p'
	fi
}

# start_sink STORE [OPTION]...: sets `sink` (its process) and `door`.
start_sink() {
	store=$1
	shift
	rm -f "$work/words"
	mkfifo "$work/words"
	"$RELAYAUDIT" sink --listen 127.0.0.1:0 --domain sink.test --store "$store" --key "$work/key" "$@" 2>"$work/words" >"$work/said" &
	sink=$!
	exec 9<"$work/words"
	words=
	read -r words <&9
	cat <&9 >>"$work/log" &
	exec 9<&-
	door=${words##* }
	case $words in
	*' listening on '*) ;;
	*)
		echo "Bail out! the sink does not start: $words"
		exit 99
		;;
	esac
}

# Sets `status`.
stop_sink() {
	kill -TERM "$sink"
	wait "$sink"
	status=$?
}

# send FILE [OPTION]...: the numbers that were answered 250 are added to FILE; sets kept, full, refused and lost.
send() {
	to=$1
	shift
	kept=0 full=0 refused=0 lost=0
	"$SENDER" "$@" "$work/key" "$door" >>"$to" 2>"$work/sent"
	eval "$(grep '^kept=' "$work/sent")"
}

# pieces STORE: all of them.
pieces() {
	for piece in "$1" "$1".[0-9]*; do
		if [ -f "$piece" ]; then echo "$piece"; fi
	done
}

# missing STORE ANSWERED: which of the answered numbers the store does not have, and whether a line of it is torn.
missing() {
	pieces "$1" | xargs cat >"$work/all"
	jq -r 'select(.headers and .body and .rcpt_to).token.number' "$work/all" >"$work/there" 2>"$work/jq" || head -n 2 "$work/jq"
	[ "$(wc -l <"$work/there")" -eq "$(wc -l <"$work/all")" ] || echo 'there are lines that are no records'
	sort -u "$work/there" >"$work/there.sorted"
	sort -u "$2" | comm -23 - "$work/there.sorted" | sed 's/^/answered 250, and not there: /'
}

test_kills() {
	: >"$work/answered"
	awk -v seed="$SINK_SEED" -v n="$SINK_KILLS" 'BEGIN { srand(seed); while (n-- > 0) print int(rand() * 40), int(rand() * 3000) }' >"$work/moments"
	round=0
	while read -r answers delay; do
		round=$((round + 1))
		start_sink "$work/kills" --quota 4M </dev/null
		send "$work/answered" -c 8 -n 900 -f $((round * 1000)) -K "$sink" -a "$answers" -u "$delay" </dev/null
		wait "$sink" 2>"$work/wait"
	done <"$work/moments"
	start_sink "$work/kills" --quota 4M
	send "$work/answered" -n 3
	stop_sink
	judge "after kill -9 at $round moments, each message that was answered 250 is there (seed $SINK_SEED, $(wc -l <"$work/answered") messages)" "$(
		missing "$work/kills" "$work/answered"
		[ "$kept" -eq 3 ] || echo "after all, $kept of 3 messages are kept"
		[ "$status" -eq 0 ] || echo "SIGTERM ends it with $status"
		[ "$(wc -l <"$work/answered")" -ge "$round" ] || echo 'hardly a message was sent'
	)"
}

test_torn_line() {
	start_sink "$work/torn"
	send "$work/torn.answered" -n 3
	stop_sink
	head -c 200 "$work/torn" >"$work/half"
	cat "$work/half" >>"$work/torn"
	printf '{"time":"2026-01-01T00:00:00.000000Z","tok\0\0\0\0\n%s' "$(cat "$work/half")" >>"$work/torn"
	start_sink "$work/torn"
	send "$work/torn.answered" -n 2 -f 10
	stop_sink
	judge 'what a crash has left at the end is cut off, and nothing else' "$(
		missing "$work/torn" "$work/torn.answered"
		[ "$(wc -l <"$work/torn")" -eq 5 ] || echo "there are $(wc -l <"$work/torn") lines, not 5"
	)"
	echo 'an old letter' >"$work/letter"
	"$RELAYAUDIT" sink --listen 127.0.0.1:0 --domain sink.test --store "$work/letter" --key "$work/key" --quiet 2>"$work/said"
	status=$?
	judge 'a file that is no store is left as it is' "$(
		[ "$status" -eq 2 ] || echo "it ends with $status"
		grep -q "$work/letter:1:1: " "$work/said" || cat "$work/said"
		[ "$(cat "$work/letter")" = 'an old letter' ] || echo 'it was changed'
	)"
	start_sink "$work/torn"
	"$RELAYAUDIT" sink --listen 127.0.0.1:0 --domain sink.test --store "$work/torn" --key "$work/key" --quiet 2>"$work/said"
	judge 'a second writer is sent away' "$(grep -q 'another process' "$work/said" || cat "$work/said")"
	stop_sink
}

test_quota() {
	: >"$work/quota.answered"
	start_sink "$work/quota" --quota 1M
	send "$work/quota.answered" -n 40 -s 60000 -c 4
	first=$kept
	judge 'a quota that is reached is answered 452' "$(
		if [ "$kept" -lt 8 ] || [ "$full" -ne $((40 - kept)) ]; then cat "$work/sent"; fi
		size=$(pieces "$work/quota" | xargs cat | wc -c)
		[ "$size" -le 1048576 ] || echo "the store has $size bytes"
		[ -f "$work/quota.1" ] || echo 'there are no older pieces'
		missing "$work/quota" "$work/quota.answered"
	)"
	rm -f "$work/quota".[0-9]*
	: >"$work/quota.answered"
	send "$work/quota.answered" -n 5 -f 100 -s 60000
	stop_sink
	judge 'where room is made, it is used at once' "$(
		[ "$kept" -eq 5 ] || echo "$kept of 5 are kept, after $first"
		missing "$work/quota" "$work/quota.answered"
	)"
}

test_file_limit() {
	: >"$work/limit.answered"
	# In a shell of its own: blocks of 512 bytes.
	(
		ulimit -f 200
		start_sink "$work/limit"
		send "$work/limit.answered" -n 20 -s 20000
		echo "kept=$kept full=$full refused=$refused lost=$lost" >"$work/limit.sent"
		stop_sink
		echo "status=$status" >>"$work/limit.sent"
	)
	kept=0 full=0 status=99
	# shellcheck source=/dev/null
	. "$work/limit.sent"
	judge 'a file that may not grow is answered 452, and holds whole lines' "$(
		if [ "$kept" -eq 0 ] || [ "$full" -ne $((20 - kept)) ] || [ "$status" -ne 0 ]; then cat "$work/limit.sent"; fi
		missing "$work/limit" "$work/limit.answered"
	)"
}

# In a mount namespace of its own: the disk is 600 KiB.
inside_disk() {
	mount -t tmpfs -o size=600k sink-disk "$work/disk" || exit 77
	head -c 300000 /dev/zero >"$work/disk/ballast"
	: >"$work/disk.answered"
	start_sink "$work/disk/store"
	send "$work/disk.answered" -n 30 -s 20000 -c 4
	echo "before: kept=$kept full=$full refused=$refused lost=$lost"
	[ "$kept" -gt 0 ] && [ "$full" -eq $((30 - kept)) ] || echo 'WRONG'
	missing "$work/disk/store" "$work/disk.answered" | sed 's/^/WRONG /'
	rm "$work/disk/ballast"
	send "$work/disk.answered" -n 5 -f 100 -s 20000 -c 2
	echo "after: kept=$kept full=$full refused=$refused lost=$lost"
	[ "$kept" -eq 5 ] || echo 'WRONG'
	stop_sink
	missing "$work/disk/store" "$work/disk.answered" | sed 's/^/WRONG /'
}

test_full_disk() {
	mkdir "$work/disk"
	if [ "$(id -u)" -ne 0 ] || ! unshare --mount true 2>"$work/said"; then
		count=$((count + 1))
		echo "ok $count - a full disk is answered 452, and recovers # SKIP it needs root and a mount namespace"
		return
	fi
	INSIDE_WORK=$work unshare --mount sh "$0" --inside-disk >"$work/disk.said" 2>&1
	status=$?
	judge 'a full disk is answered 452, and recovers' "$(
		if [ "$status" -ne 0 ] || grep -q WRONG "$work/disk.said" || ! grep -q '^after' "$work/disk.said"; then
			echo "status $status"
			cat "$work/disk.said"
		fi
	)"
}

test_siege() {
	: >"$work/siege.answered"
	start_sink "$work/siege"
	send "$work/siege.answered" -n 20 -c 4
	before=$kept
	"$BESIEGER" -n "$SINK_SESSIONS" "$work/key" "$door" >"$work/siege.said" 2>&1 &
	besieger=$!
	during=0
	late=0
	sent=0
	: >"$work/siege.refused"
	while kill -0 "$besieger" 2>"$work/said"; do
		send "$work/siege.answered" -b 127.0.0.2 -n 5 -f $((1000 + sent))
		sent=$((sent + 5))
		during=$((during + kept))
		late=$((late + full))
		grep -v ' refused=0 lost=0 ' "$work/sent" >>"$work/siege.refused"
	done
	wait "$besieger"
	send "$work/siege.answered" -n 20 -f 900 -c 4
	peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$sink/status")
	stop_sink
	# Besiegers that know the key may take all places for messages: 452 then, and a mail server comes again.
	judge "$SINK_SESSIONS hostile sessions cost another sender nothing ($sent messages meanwhile)" "$(
		[ "$before" -eq 20 ] || echo "before, $before of 20 are kept"
		if [ $((during + late)) -ne "$sent" ] || [ "$during" -eq 0 ]; then
			echo "during, $during of $sent are kept, and $late told to come again"
			cat "$work/siege.refused"
		fi
		[ "$kept" -eq 20 ] || echo "after, $kept of 20 are kept"
		grep -q "^sessions=$SINK_SESSIONS .*unreached=0\$" "$work/siege.said" || cat "$work/siege.said"
		[ "$status" -eq 0 ] || echo "it ends with $status"
		missing "$work/siege" "$work/siege.answered"
	)"
	judge "they cost $peak KiB, and $most_kib at the most" "$([ "$peak" -le "$most_kib" ] || echo "$peak KiB")"
	judge 'they leave no message of theirs in the store' "$(jq -r 'select(.token.run != "abcdefgh" and .token.run != "hhhhhhhh")' "$work/siege")"
	judge 'what the log says is printable' "$(grep -n '[^ -~]' "$work/log" | cat -v)"
}

# The tester's own tricks, all of them.
test_suite() {
	start_sink "$work/suite"
	"$RELAYAUDIT" scan 127.0.0.1 --port "${door##*:}/none,${door##*:}/starttls" --domain sink.test --suite thorough --timeout 2 \
		-o json="$work/suite.json" -o text="$work/suite.text" 2>"$work/said"
	status=$?
	stop_sink
	judge 'of all tricks, not one is accepted' "$(
		[ "$status" -eq 3 ] || [ "$status" -eq 0 ] || echo "the scan ends with $status"
		jq -r '.attempts[] | select(.outcome == "accepted") | .probe + " " + .rcpt_to' "$work/suite.json"
		jq -e '[.attempts[] | select(.outcome == "rejected")] | length > 100' "$work/suite.json" >"$work/said" || echo 'hardly a trick was tried'
		[ ! -s "$work/suite" ] || cat "$work/suite"
	)"
}

if [ "${1:-}" = --inside-disk ]; then
	work=$INSIDE_WORK
	inside_disk
	exit
fi
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
: >"$work/log"

test_kills
test_torn_line
test_quota
test_file_limit
test_full_disk
test_siege
test_suite
echo "1..$count"
[ "$failed" -eq 0 ]
