#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run.sh [CASE]...: scans practice servers, and compares what comes out with what the
# cases say.  A case is a file NAME.dialogue of lines "key value"; # begins a comment.
#
#	title		a sentence
#	each		words: the case is run for each of them, as {each}
#	server		what the server is, by a file of tests/fake/rules; behind it, options
#			of practised.  Its port is {port}; {port2} is the next server's
#	rule		one more line of rules for the server above; {sink} is the sink's ADDRESS:PORT
#	sink		a sink that the servers may deliver to, and its options; {proof} are the options
#			of a scan that looks there, but for --wait; {store} and {key} are its files, and
#			{case} a directory of the case's own
#	sink-ends	before the scan begins, as by a crash
#	apart		in a network of its own, where every port is free
#	target		what is scanned (127.0.0.1)
#	scan		how: options beside --timeout and --retry-after ({usual} where nothing is said);
#			{refused} is a port where nobody listens, {here} the directory of the cases
#	status		the exit status
#	verdict		of the report
#	findings	the ids, each once, sorted; - for none
#	attempt		PROBE OUTCOME REASON PROOF [VANTAGE]: of all its attempts; - for null
#	count		NAME OPERATOR NUMBER: what the first server counted, wall (milliseconds), or
#			caught (messages that the sink has)
#	holds		a jq expression that is true of the JSON report
#	says		a line of standard error, as a pattern of grep; else nothing stands there
#
# For every case: unless it says otherwise, no server was spoken to too early, and no
# session brought more than 9 errors; and the key that a scan and its sink share stands in
# nothing that either has written.
#
# Environment: RELAYAUDIT, RELAYAUDIT_PROBEDIR, PRACTISED and MEASURED (the programs),
# DIALOGUE_KEEP (a new directory for what was said), DIALOGUE_JOBS (cases at once).

set -u
LC_ALL=C
export LC_ALL

: "${RELAYAUDIT:=relayaudit}" "${PRACTISED:=practised}" "${MEASURED:=measured}" "${DIALOGUE_JOBS:=6}"
here=$(cd "$(dirname "$0")" && pwd) || exit 99
usual='--port {port}/none --domain practice.test --local-user alice'

# one CASE EACH: runs it in $dir, and tells what is wrong, a line each.
one() {
	sed -e 's/^#.*//; /^[[:space:]]*$/d' -e "s/{each}/$2/g" "$1" >"$dir/case"
	servers=0 title='' target=127.0.0.1 scan=$usual sink=
	while read -r key value; do
		case $key in
		title) title=$value ;;
		target) target=$value ;;
		scan) scan=$value ;;
		server)
			servers=$((servers + 1))
			rules=$here/../fake/rules/${value%% *}.rules
			cat "$rules" >"$dir/rules$servers" || return
			case $value in *' '*) echo "${value#* }" ;; esac >"$dir/options$servers"
			;;
		rule) echo "$value" >>"$dir/rules$servers" ;;
		sink) sink="--domain sink.test --key $dir/key $value" ;;
		each | apart | sink-ends | says | status | verdict | findings | attempt | count | holds) ;;
		*) echo "there is no key '$key'" ;;
		esac
	done <"$dir/case"
	echo "$title" >"$dir/title"
	pids=''
	echo "s|{usual}|$usual|g; s/{refused}/$refused/g; s|{here}|$here|g; s|{case}|$dir|g" >"$dir/fills"
	[ -z "$sink" ] || catch
	serve
	if grep -q '^sink-ends' "$dir/case"; then kill -9 "$catcher"; fi
	# shellcheck disable=SC2086 # words
	"$MEASURED" -k 120 "$dir/measures" "$RELAYAUDIT" scan $target --timeout 1 --retry-after 0.2 $scan \
		-o json="$dir/json" -o text >"$dir/out" 2>"$dir/err"
	# shellcheck disable=SC2086 # numbers
	kill $pids 2>/dev/null
	wait
	said
	status=99 wall=99999
	# shellcheck source=/dev/null
	. "$dir/measures"
	compare
}

# Starts the sink, and fills in where it is.
catch() {
	mkfifo "$dir/log"
	# shellcheck disable=SC2086 # words
	"$RELAYAUDIT" sink --listen 127.0.0.1:0 --store "$dir/store" $sink >"$dir/log" 2>&1 &
	catcher=$!
	pids=$catcher
	exec 8<"$dir/log"
	read -r first <&8
	cat <&8 >"$dir/caught.log" &
	exec 8<&-
	rm "$dir/log"
	case $first in *'listening on '*) ;; *) echo "the sink does not begin: $first" ;; esac
	echo "s|{proof}|--timeout 10 --confirm --sink file:{store} --key {key} --victim relaytest@sink.test|g
		s/{sink}/${first##* }/g; s|{store}|$dir/store|g; s|{key}|$dir/key|g" >>"$dir/fills"
}

# What was said, and should not have been; and the other way round.
said() {
	if says=$(sed -n 's/^says *//p' "$dir/case") && [ -n "$says" ]; then
		grep -q -e "$says" "$dir/err" || echo "it was not said: $says"
	else
		sed "s/^/it was said: /" "$dir/err"
	fi
	# A pattern from a file stands in no list of processes.
	if [ -f "$dir/key" ]; then
		grep -alif "$dir/key" "$dir/json" "$dir/out" "$dir/err" "$dir/caught.log" "$dir/store" 2>"$dir/grep" |
			sed 's/^/the key stands in /'
	fi
}

fill() {
	sed -f "$dir/fills"
}

# Starts the servers, and fills their ports in.
serve() {
	number=0
	while [ "$number" -lt "$servers" ]; do
		number=$((number + 1))
		mkfifo "$dir/door"
		fill <"$dir/rules$number" >"$dir/rules"
		mv "$dir/rules" "$dir/rules$number"
		# shellcheck disable=SC2046 # words
		"$PRACTISED" $(cat "$dir/options$number") "$dir/rules$number" >"$dir/door" 2>"$dir/counts$number" &
		pids="$pids $!"
		port=
		read -r _ port <"$dir/door"
		rm "$dir/door"
		[ -n "$port" ] || echo "the server does not begin: $(cat "$dir/counts$number")"
		if [ "$number" -eq 1 ]; then echo "s/{port}/$port/g" >>"$dir/fills"; fi
		echo "s/{port$number}/$port/g" >>"$dir/fills"
	done
	scan=$(echo "$scan" | fill)
	target=$(echo "$target" | fill)
}

compare() {
	for name in 'early = 0' 'most_errors <= 9'; do
		grep -q "^count ${name%% *} " "$dir/case" || echo "count $name"
	done >"$dir/always"
	cat "$dir/always" "$dir/case" | while read -r key value; do
		case $key in
		status) [ "$status" = "$value" ] || echo "status $status, not $value" ;;
		verdict) expect "$key" "$value" .verdict ;;
		findings) expect "$key" "$value" '[.findings[].id] | unique | if . == [] then "-" else join(" ") end' ;;
		attempt | count) "$key" "$value" ;;
		holds) expect "$value" true "$value" ;;
		esac
	done
}

# expect WHAT VALUE EXPRESSION
expect() {
	found=$(jq -r "$3" "$dir/json" 2>&1)
	[ "$found" = "$2" ] || echo "$1: $found, not $2"
}

attempt() {
	# shellcheck disable=SC2086 # words
	set -- $1
	found=$(jq -r --arg probe "$1" --arg vantage "${5:-}" '.attempts[] | select(.probe == $probe) |
		select($vantage == "" or .vantage == $vantage) |
		[.outcome, .reason // "-", .proof // "-"] | join(" ")' "$dir/json" | sort -u | paste -sd, -)
	[ "$found" = "$2 $3 $4" ] || echo "$1: ${found:-not there}, not $2 $3 $4"
}

count() {
	# shellcheck disable=SC2086 # words
	set -- $1
	case $1 in
	wall) found=$wall ;;
	caught) found=$(wc -l <"$dir/store") ;;
	*) found=$(sed -n "s/^$1=//p" "$dir/counts1") ;;
	esac
	case $2 in
	=) test "${found:-none}" = "$3" ;;
	'<=') test "${found:-999999}" -le "$3" ;;
	'>=') test "${found:--1}" -ge "$3" ;;
	*) false ;;
	esac || echo "$1 is ${found:-not there}, not $2 $3"
}

if [ "${1:-}" = --apart ]; then
	dir=$4 refused=1
	ip link set lo up || exit 1
	one "$2" "$3"
	exit
fi

for tool in jq "$RELAYAUDIT" "$PRACTISED" "$MEASURED"; do
	command -v "$tool" >/dev/null 2>&1 || {
		echo "1..0 # SKIP there is no $tool"
		exit 0
	}
done
if [ -n "${DIALOGUE_KEEP:-}" ]; then
	work=$DIALOGUE_KEEP
	mkdir "$work" || exit 99
else
	work=$(mktemp -d) || exit 99
	trap 'rm -rf "$work"' EXIT
fi
trap 'exit 130' INT TERM HUP

# A port of 127.0.0.1 that nobody gets: the server has it at another address.
mkfifo "$work/door"
"$PRACTISED" -a 127.86.255.254 "$here/../fake/rules/closed-plain.rules" >"$work/door" 2>"$work/keeper" &
keeper=$!
read -r _ refused <"$work/door"

run_one() {
	dir=$work/$1
	mkdir "$dir" || exit 99
	if ! grep -q '^apart' "$2"; then
		one "$2" "$3" >"$dir/faults"
	elif unshare --map-root-user --net ip link set lo up 2>"$dir/why"; then
		unshare --map-root-user --net sh "$0" --apart "$2" "$3" "$dir" >"$dir/faults"
	else
		echo "no network of its own: $(head -n 1 "$dir/why")" >"$dir/skip"
		sed -n 's/^title *//p' "$2" >"$dir/title"
		: >"$dir/faults"
	fi
}

[ $# -ne 0 ] || set -- "$here"/*.dialogue
number=0
for case; do
	words=$(sed -n 's/^each *//p' "$case")
	for each in ${words:--}; do
		number=$((number + 1))
		echo "$number $case $each"
	done
done >"$work/cases"

share=0
workers=
while [ "$share" -lt "$DIALOGUE_JOBS" ]; do
	awk -v share="$share" -v jobs="$DIALOGUE_JOBS" 'NR % jobs == share' "$work/cases" | (
		while read -r number case each; do
			run_one "$number" "$case" "$each" </dev/null
		done
	) &
	workers="$workers $!"
	share=$((share + 1))
done
# shellcheck disable=SC2086 # numbers
wait $workers
kill "$keeper"
wait "$keeper"

failed=0
while read -r number case each; do
	name=${case##*/}
	name="${name%.dialogue}: $(cat "$work/$number/title")"
	[ "$each" = - ] || name="$name ($each)"
	if [ -f "$work/$number/skip" ]; then
		echo "ok $number - $name # SKIP $(cat "$work/$number/skip")"
	elif [ -f "$work/$number/faults" ] && [ ! -s "$work/$number/faults" ]; then
		echo "ok $number - $name"
	else
		failed=$((failed + 1))
		echo "not ok $number - $name"
		sed 's/^/# /' "$work/$number/faults"
	fi
done <"$work/cases"
echo "1..$(wc -l <"$work/cases" | tr -d ' ')"
[ "$failed" -eq 0 ]
