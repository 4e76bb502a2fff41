#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run.sh [PATTERN]: scans practice servers that turn hostile, each in a way and at a
# place of its own, and looks at what relayaudit makes of them: no crash, an end in
# time, bounded memory, clean and well-formed output, and never a false all-clear.
#
# PATTERN (of the shell) chooses among the cases, which are named "WAY PLACE BASE".
# Environment: RELAYAUDIT, RELAYAUDIT_PROBEDIR, PRACTISED and MEASURED (the
# programs), HOSTILE_ALL (every way at every place, not a sample), HOSTILE_KEEP (a new directory for
# what was said), HOSTILE_JOBS (cases at once).

set -u
LC_ALL=C
export LC_ALL
unset RELAYAUDIT_OPTIONS

: "${RELAYAUDIT:=relayaudit}" "${PRACTISED:=practised}" "${MEASURED:=measured}" "${HOSTILE_JOBS:=14}"

timeout=500                     # milliseconds
slack=5000
most_kib=65536

for tool in jq "$RELAYAUDIT" "$PRACTISED" "$MEASURED"; do
	command -v "$tool" >/dev/null 2>&1 || {
		echo "1..0 # SKIP there is no $tool"
		exit 0
	}
done
# Sanitizers have memory and time of their own.
if grep -q __asan_init "$RELAYAUDIT"; then
	most_kib=2000000
	slack=15000
fi
if [ -n "${HOSTILE_KEEP:-}" ]; then
	work=$HOSTILE_KEEP
	mkdir "$work" || exit 99
else
	work=$(mktemp -d) || exit 99
	trap 'rm -rf "$work"' EXIT
fi
trap 'exit 130' INT TERM HUP

# Every way at its own place, and those that can be told apart by their place at each.
# A case is "WAY PLACE BASE"; of the bases, unnamed is scanned without a domain, interrupted
# is sent SIGINT, secured is asked for behind STARTTLS, later is healthy at first, and of proof
# a message is due: the server is open, and really delivers to a sink what it takes.
places='connect banner ehlo mail rcpt rset data quit'
ways_anywhere='silence close reset half-reply-then-close half-reply-then-silence reply-then-reset garbage drip endless-line
	endless-replies huge-code-line closing closing-after nul escapes bare-cr reply-twice reply-late 000-code 354-to-rcpt
	second-thoughts passing-for-ever trickle'
ways_of_messages='silence close reset half-reply-then-close half-reply-then-silence reply-then-reset reply-then-silence garbage drip
	endless-line endless-replies huge-code-line closing closing-after nul escapes reply-twice reply-late 000-code no-reply
	differing-codes wrong-code trickle'

# Every third, in an order that has each place and each way.
sample() {
	if [ -n "${HOSTILE_ALL:-}" ]; then cat; else sed -n 1~3p; fi
}

cases() {
	"$PRACTISED" -l | while read -r way place; do
		case $place in
		starttls | secured) echo "$way $place starttls" ;;
		tls) printf '%s tls starttls\n%s tls implicit\n' "$way" "$way" ;;
		data | message | dot) echo "$way $place proof" ;;
		*) printf '%s %s closed\n%s %s open\n' "$way" "$place" "$way" "$place" ;;
		esac
	done
	if [ -n "${HOSTILE_ALL:-}" ]; then
		ways_anywhere=$("$PRACTISED" -l | sed '/ tls$/d; s/ .*//')
		ways_of_messages=$ways_anywhere
		places="$places starttls"
		for way in $ways_anywhere; do
			for place in connect banner ehlo mail rcpt rset; do
				echo "$way $place proof"
			done
		done
	fi
	for way in $ways_anywhere; do
		for place in $places; do
			case $place in
			data) echo "$way $place open" ;;
			starttls) echo "$way $place starttls" ;;
			*) echo "$way $place closed" ;;
			esac
		done
	done | sample
	for way in $ways_of_messages; do
		for place in data message dot; do
			echo "$way $place proof"
		done
	done | sample
	for way in silence drip endless-line garbage; do
		for place in connect banner rcpt; do
			echo "$way $place unnamed"
			echo "$way $place interrupted"
		done
	done
	for way in silence drip endless-line; do
		echo "$way ehlo secured"
		echo "$way rcpt secured"
	done
	for way in silence reset half-reply-then-close garbage reply-twice closing no-reply 000-code; do
		echo "$way rcpt later"
	done
}

# Those that leave the answers as they are, wherever they come: a closed server may
# be called closed.  What only disturbs the parting (quit) is no matter.
keeps_answers() {
	case $2 in quit | dot | other) return 0 ;; esac
	case $1 in
	# More that is said, or bytes in the text of a reply.
	trickle | nul | escapes | 8bit | bidi | markup | format | false-transcript) return 0 ;;
	# Line ends that can be told.
	bare-lf | cr-cr-lf | empty-multiline) return 0 ;;
	# The reply to RCPT is given before RCPT: the same reply, and DATA shows the rest.
	reply-early) return 0 ;;
	# What a session has given before its end is asked again in another.
	reply-then-close | reply-then-reset | hang-up-later | closing-after | long-ehlo | long-ehlo-line) return 0 ;;
	esac
	case $1-$2 in
	# The answer to RSET is none of the answers.
	*-rset) return 0 ;;
	# Good replies, in their place.
	code-only-* | line-of-600-* | differing-status-ehlo) return 0 ;;
	220-to-all-connect | 220-to-all-banner | banner-after-tls-connect | banner-after-tls-banner) return 0 ;;
	# What is said in the clear behind the reply to STARTTLS is thrown away.
	220-to-all-starttls | banner-after-tls-starttls | starttls-injection-starttls | starttls-injected-ehlo-starttls) return 0 ;;
	two-banners-starttls | reply-twice-starttls | second-thoughts-starttls | lf-cr-starttls) return 0 ;;
	esac
	return 1
}

rules_of() {
	echo 'domain practice.test'
	echo 'user postmaster alice'
	case $3 in
	open) echo 'leak plain' ;;
	proof) printf 'leak plain\ndeliver %s\n' "$sink" ;;
	later) echo 'hostile-spares 4' ;;
	starttls | secured) echo 'tls-only' ;;
	implicit) echo 'implicit-tls' ;;
	esac
	case $1 in
	trickle) echo "hostile $1 $2 1" ;;
	*) echo "hostile $1 $2" ;;
	esac
}

# one NUMBER WAY PLACE BASE: runs it, in the directory $work/NUMBER.
one() {
	dir=$work/$1
	mkdir "$dir" && mkfifo "$dir/door" || exit 99
	rules_of "$2" "$3" "$4" >"$dir/rules"
	"$PRACTISED" "$dir/rules" >"$dir/door" 2>"$dir/counts" &
	server=$!
	port=
	read -r _ port <"$dir/door"
	mode=none domain='--domain practice.test --local-user alice' signal='' proof=''
	case $4 in
	starttls | secured) mode=starttls ;;
	implicit) mode=tls ;;
	unnamed) domain= ;;
	interrupted) signal='-i 200' ;;
	proof)
		proof="--confirm --sink file:$work/store --key $work/key --victim relaytest@sink.test --wait 3
			--probe plain --probe percent-at-host --probe second-rcpt --probe sender-null"
		;;
	esac
	# shellcheck disable=SC2086 # words
	"$MEASURED" $signal -k 60 "$dir/measures" "$RELAYAUDIT" scan 127.0.0.1 --port "$port/$mode" $domain $proof --timeout 0.5 --retry-after 0.1 \
		-v -o text="$dir/text" -o json="$dir/json" -o ndjson="$dir/ndjson" -o text >"$dir/out" 2>"$dir/err"
	kill "$server" 2>/dev/null
	wait "$server"
	judge "$@" >"$dir/faults"
}

# What is wrong, a line each.
judge() {
	status=99 wall=0 after=0 peak=0 killed=0
	# shellcheck source=/dev/null
	. "$dir/measures"
	[ "$killed" -eq 0 ] || echo 'it did not end'
	[ "$status" -lt 128 ] || echo "it died of signal $((status - 128))"
	judge_status "$@"
	most=$((20 * timeout + slack))
	case $2-$3 in *silence-banner | *silence-connect) [ "$4" = unnamed ] || most=$((2 * timeout + slack)) ;; esac
	[ "$wall" -le "$most" ] || echo "it took $wall ms, more than $most"
	[ "$4" != interrupted ] || [ "$after" -le 5000 ] || echo "it ended $after ms after the signal"
	[ "$peak" -le "$most_kib" ] || echo "it took $peak KiB, more than $most_kib"
	cd "$dir" || exit 99
	for name in out err text json ndjson; do
		[ -f "$name" ] || echo "there is no $name"
	done
	if grep -aHm1 '[^ -~]' out err text json ndjson >bytes 2>/dev/null; then
		echo "there are bytes that are not for a terminal: $(cat -v bytes | cut -c 1-300)"
	fi
	find out err text json ndjson -size +4000000c | sed 's/$/ is larger than 4000000 bytes/'
	grep -aEq 'runtime error|Sanitizer' "$dir/err" && echo 'a sanitizer found something'
	judge_json "$@"
	judge_proof "$@"
}

# What the sink has is no matter of opinion.
judge_proof() {
	run=$(jq -r '.run.id[:8]' json)
	[ "$4" = proof ] && [ "$status" -eq 0 ] && grep -q "\"run\":\"$run\"" "$work/store" && echo 'closed, though the sink has its message'
}

judge_status() {
	allowed=3
	case $4 in
	open) base=1 allowed='1 3' ;;
	proof) base=1 ;;
	interrupted) base=3 ;;
	*) base=0 ;;
	esac
	if keeps_answers "$2" "$3"; then allowed="$base 3"; fi
	# What was not answered in one session may be in another.
	[ "$4" != later ] || allowed="$base 3"
	# What was not to be had where one envelope was asked for may be where its message is due, and what arrived is proved.
	[ "$4" != proof ] || allowed='1 3'
	# Yes to each recipient, and a go-ahead: as open as a server can say.
	case $2-$3 in
	# Refused at the end, in words that hold for anybody, or before a message was asked for.
	refuses-what-it-takes-dot | refuses-what-it-takes-data | refuses-amid-message-data) allowed='0 1 3' ;;
	code-only-rcpt | line-of-600-rcpt | empty-multiline-rcpt) allowed='1 3' ;;
	huge-status-data) allowed='0 3' ;;
	esac
	case " $allowed " in
	*" $status "*) ;;
	*) echo "status $status, not $allowed" ;;
	esac
}

# The report is whole, agrees with the exit status, and calls nothing answered that was not.
judge_json() {
	jq -re --argjson status "$status" '
		def unanswered: select(.outcome == "rejected" or .outcome == "accepted" or .outcome == "deferred") | select(.reply == null);
		if .schema != "relayaudit-report/1" then "the report has another schema" else empty end,
		if any(.attempts[]; unanswered) then "an attempt has an outcome without a reply" else empty end,
		if $status == 0 and .verdict != "closed" then "status 0, but \(.verdict)" else empty end,
		if $status == 0 and any(.attempts[] | select(.control | not); .outcome == "error" or .outcome == "deferred") then "status 0, with unanswered attempts" else empty end,
		if $status == 0 and .run.interrupted then "status 0, though it was interrupted" else empty end,
		if $status == 3 and .verdict == "open" then "status 3, but open" else empty end,
		if $status == 3 and (any(.findings[]; .id == "scan-incomplete" or .id == "accepted-unproven") | not) then "status 3, and no finding says why" else empty end' \
		"$dir/json" 2>"$dir/jq" | sed 's/^/json: /'
	[ ! -s "$dir/jq" ] || echo "json does not parse: $(head -n 1 "$dir/jq")"
	jq -e . "$dir/ndjson" >/dev/null 2>"$dir/jq" || echo "ndjson does not parse: $(head -n 1 "$dir/jq")"
}

cases | sort -u >"$work/all"
grep -n '' "$work/all" | tr : ' ' | while read -r number way place base; do
	# shellcheck disable=SC2254 # a pattern
	case "$way $place $base" in ${1:-*}) echo "$number $way $place $base" ;; esac
done >"$work/cases"

# One sink for all of them.
mkfifo "$work/log"
"$RELAYAUDIT" sink --listen 127.0.0.1:0 --domain sink.test --store "$work/store" --key "$work/key" >"$work/log" 2>&1 &
catcher=$!
exec 8<"$work/log"
read -r first <&8
cat <&8 >"$work/caught" &
exec 8<&-
sink=${first##* }

share=0
workers=
while [ "$share" -lt "$HOSTILE_JOBS" ]; do
	awk -v share="$share" -v jobs="$HOSTILE_JOBS" 'NR % jobs == share' "$work/cases" | (
		while read -r number way place base; do
			one "$number" "$way" "$place" "$base" </dev/null
		done
	) &
	workers="$workers $!"
	share=$((share + 1))
done
# shellcheck disable=SC2086 # numbers
wait $workers
kill "$catcher"
wait

failed=0 count=0
while read -r number way place base; do
	count=$((count + 1))
	if [ -s "$work/$number/faults" ] || [ ! -f "$work/$number/faults" ]; then
		failed=$((failed + 1))
		echo "not ok $count - $way at $place, $base"
		sed 's/^/# /' "$work/$number/faults"
	else
		echo "ok $count - $way at $place, $base"
	fi
done <"$work/cases"
echo "1..$count"
[ "$failed" -eq 0 ]
