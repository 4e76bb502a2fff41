# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# What relayaudit says of a configuration: from near, from far, and from both in
# one report.
: "${work:?}" "${here:?}"
: "${server_log:=}"

# Outside addresses; with messages the sender is a token of the sink's.
envelope_plain='--victim victim@probe.example.net --sender tester@probe.example.net'
envelope_proof='--victim relaytest@confirm.example.net'
envelope=$envelope_plain

# scan_run NAMESPACE CONFIGURATION NAME [OPTION]...: leaves NAME.json, NAME.text,
# NAME.out and NAME.status.
scan_run() (
	ns=$1
	config=$2
	name=$3
	report=$work/$name.json
	shift 3
	target=$(config_get "$config" target)
	extra=$(config_get "$config" scan)
	rm -f "$work/$name".*
	# shellcheck disable=SC2086 # options, as words
	inside "$ns" env HOME="$work" timeout 900 "$RELAYAUDIT" scan "${target:-192.0.2.25}" --mine \
		--domain example.org --local-user alice $envelope \
		-p 25 -o "json=$report" -o "text=$work/$name.text" "$@" $extra \
		>"$work/$name.out" 2>&1 </dev/null
	echo $? >"$work/$name.status"
	jq -e .verdict "$report" >/dev/null 2>&1 || echo '{}' >"$report"
)

# scan_load NAME: sets run, report, verdict and status for the checks.
scan_load() {
	run=$1
	report=$work/$run.json
	verdict=$(jq -r '.verdict // "none"' "$report")
	status=$(cat "$work/$run.status")
}

# as_expected VERDICT STATUS EXPECTED
as_expected() {
	case $3:$1:$2 in
	undecided:inconclusive:3 | undecided:open:1) ;;
	open:open:1 | closed:closed:0 | inconclusive:inconclusive:3) ;;
	not-open:closed:0 | not-open:inconclusive:3) ;;
	*) return 1 ;;
	esac
}

scan_show() {
	show "relayaudit's output" "$work/$run.out"
	show "relayaudit's report" "$work/$run.text"
	jq -r '.attempts[]? | select(.outcome != "rejected")
		| "\(.vantage) \(.probe) \(.outcome) \(.proof) \(.reason) \(.reply)"' "$report" |
		head -n 30 | sed 's/^/# /'
	show "the server's log" "$server_log"
}

# scan_accepts CONFIGURATION VANTAGE: what its attempts must show of a server that is open to it.
scan_accepts() {
	for probe in $(config_get "$1" accepts); do
		jq -e --arg probe "$probe" --arg name "$2" '[.attempts[] | select(.vantage == $name
			and .probe == $probe and .outcome == "accepted")] | length > 0' "$report" >/dev/null
		check $? "$1 $run, vantage $2: $probe is accepted" || scan_show
	done
	proof=$(config_get "$1" proof)
	[ -n "$proof" ] || return 0
	jq -e --arg proof "$proof" --arg name "$2" '[.attempts[] | select(.vantage == $name
		and .outcome == "accepted" and .proof == $proof)] | length > 0' "$report" >/dev/null
	check $? "$1 $run, vantage $2: proof is $proof" || scan_show
}

# scan_at NAMESPACE CONFIGURATION EXPECTED: judges what scan_run has left.
scan_at() {
	scan_load "$1"
	as_expected "$verdict" "$status" "$3"
	check $? "$2 $1: $3 (said $verdict, status $status)" || scan_show
}

# One report with both vantages: its verdict, and each vantage's own.
scan_whole() {
	from=$(config_get "$1" from)
	# shellcheck disable=SC2046,SC2086 # options, as words
	scan_run both "$1" whole $(config_get "$1" scan-whole) \
		${from:---from near=bind:203.0.113.8 --from far=bind:198.51.100.67}
	scan_load whole
	expected=$(config_get "$1" whole)
	as_expected "$verdict" "$status" "$expected"
	check $? "$1 whole: $expected (said $verdict, status $status)" || scan_show
	for finding in $(config_get "$1" finds); do
		jq -e --arg id "$finding" '[.findings[]? | select(.id == $id)] | length > 0' "$report" >/dev/null
		check $? "$1 whole: finds $finding" || scan_show
	done
	for name in near far; do
		expected=$(config_get "$1" "$name")
		verdict=$(jq -r --arg name "$name" \
			'[.vantages[]? | select(.name == $name).verdict][0] // "none"' "$report")
		case $expected:$verdict in
		not-open:closed | not-open:inconclusive | undecided:inconclusive | undecided:open) true ;;
		*) [ "$expected" = "$verdict" ] ;;
		esac
		check $? "$1 whole, vantage $name: $expected (said $verdict)" || scan_show
		[ "$expected" != open ] || scan_accepts "$1" "$name"
	done
}

# Near and far at the same time: the pauses that servers make are theirs.
scan_both() {
	config=$1
	shift
	scan_run near "$config" near "$@" &
	near_pid=$!
	scan_run far "$config" far "$@"
	wait "$near_pid"
}

scan() {
	if [ -n "$(config_get "$1" only-confirmed)" ]; then
		scan_confirm "$1"
		return
	fi
	# What one vantage alone makes of a server: with messages below, and without them here.
	if [ "${1#*/}" = default ] || [ -n "$(config_get "$1" unconfirmed)" ]; then
		scan_both "$1"
		scan_at near "$1" "$(config_get "$1" near)"
		scan_at far "$1" "$(config_get "$1" far)"
	fi
	scan_whole "$1"
	[ -z "$(config_get "$1" unconfirmed)" ] || return 0
	if [ "${LAB_CONFIRM:-1}" = 1 ]; then scan_confirm "$1"; fi
}

# Seconds for what was accepted to arrive; where nothing is to come out, it is enough to have waited.
wait_for() {
	if grep -qE '^#: (relays|relays-inside-tls|relays-limited|bounces|finds)( |$)' "$here/$1.sh"; then
		echo "${LAB_WAIT:-30}"
	else
		echo 10
	fi
}

# The same with test messages, which are caught where relayaudit believes it.
scan_confirm() {
	envelope=$envelope_proof
	scan_both "$1" --confirm --sink "file:$work/proof.ndjson" --key "$work/proof.key" --wait "$(wait_for "$1")"
	envelope=$envelope_plain
	for ns in near far; do
		expected=$(config_get "$1" "confirmed-$ns")
		[ -n "$expected" ] || expected=$(config_get "$1" "$ns")
		if [ "$expected" = undecided ]; then expected=open; fi
		scan_confirmed "$ns" "$1" "$expected"
	done
}

# What messages must show: an open relay is one that handed over a message, and who
# was shown to bounce is told so.
scan_confirmed() {
	scan_load "$1"
	as_expected "$verdict" "$status" "$3"
	check $? "$2 $1, with messages: $3 (said $verdict, status $status)" || scan_show
	delivered=$(jq '[.attempts[]? | select(.proof == "delivered")] | length' "$report")
	case $3 in
	open) [ "$delivered" -gt 0 ] ;;
	*) [ "$delivered" -eq 0 ] ;;
	esac
	check $? "$2 $1, with messages: $delivered delivered" || scan_show
	[ -n "$(config_get "$2" bounces)" ] || return 0
	jq -e '[.findings[]? | select(.id == "backscatter")] | length > 0' "$report" >/dev/null
	check $? "$2 $1, with messages: it bounces to whom mail claims to come from" || scan_show
}

# A default server has not been annoyed: no error delay, no 421, no hang-up.
scan_quiet() {
	[ "${1#*/}" = default ] || return 0
	awk -f "$here/${1%/*}/unwelcome.awk" "$server_log" >"$work/unwelcome"
	[ ! -s "$work/unwelcome" ]
	check $? "$1: the server's log shows no delay, no 421, no hang-up" || {
		show 'the lines' "$work/unwelcome"
	}
}
