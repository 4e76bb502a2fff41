#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# accuracy.sh [MTA[/CONFIGURATION]...]
#
# How right the testers are: relayaudit (envelopes only), relayaudit with --confirm, nmap's smtp-open-relay, and a loop
# over swaks (classic.sh), each from near and from far, over the lab's servers in their configurations (tests/mta).
# Open is a vantage from which the lab proves, by mail that arrives, that a stranger's message is relayed; a server
# that accepts and throws away relays nothing.  Each tool meets a server that has just been started.
#
# Environment: ACCURACY_ROWS (accuracy.tsv), the file of results, one line a configuration and vantage; what stands
# there is not measured again.  ACCURACY_WORKERS (4), so many servers side by side.  ACCURACY_LIMIT, seconds after
# which no more configurations are begun.  LAB_WAIT (30), for --confirm.  RELAYAUDIT, RELAYAUDIT_PROBEDIR and
# RELAYAUDIT_LAB as in tests/mta/run.sh.
#
# Needs root, and what tests/mta needs; without nmap its column stays empty.  Ends with 1 when relayaudit calls
# something open that is not, or closed that is open.

set -u

bench=$(cd "$(dirname "$0")" && pwd)
here=$bench/../tests/mta
: "${RELAYAUDIT:=relayaudit}" "${ACCURACY_ROWS:=accuracy.tsv}" "${ACCURACY_WORKERS:=4}" "${ACCURACY_LIMIT:=}"
: "${work:=}" "${world:=}"
LAB_CONFIRM=1 mode=full # for world.sh: the sink that --confirm needs
export RELAYAUDIT ACCURACY_ROWS LAB_CONFIRM mode

nmap_options='-n -Pn --script +smtp-open-relay --script-args smtp-open-relay.domain=probe.example.net'
tools='relayaudit confirm nmap swaks'

# shellcheck source=figures.sh
. "$bench/figures.sh"

# MTA/CONFIGURATION for each argument, in the order of a checksum, and one of each server, then a second of each, and
# so on: a run that is cut has seen something of everything.
expand() (
	[ $# -gt 0 ] || set -- postfix exim sendmail opensmtpd courier chasquid haraka aiosmtpd qmail
	cd "$here" || exit 2
	for name; do
		case $name in
		*/*) grep -l '^#: near' "$name.sh" ;;
		*) grep -l '^#: near' "$name"/*.sh ;;
		esac || echo "accuracy.sh: no $name" >&2
	done | while IFS= read -r file; do
		printf '%s %s\n' "$(printf '%s' "$file" | cksum | cut -d ' ' -f 1)" "${file%.sh}"
	done | sort -n | awk '{ mta = $2; sub("/.*", "", mta); print ++n[mta], $2 }' | sort -s -n -k 1,1 | cut -d ' ' -f 2
)

outer() {
	[ "$(id -u)" -eq 0 ] || die 'needs root'
	need unshare setpriv ip jq debootstrap apt-get flock timeout "$RELAYAUDIT"
	configs=$(expand "$@")
	[ -n "$configs" ] || die 'nothing to measure'
	mtas=$(printf '%s\n' "$configs" | sed 's,/.*,,' | sort -u)
	# shellcheck disable=SC2086 # names
	sh "$here/lab.sh" build $mtas || exit 2
	# The roots in use must not be pruned by another run.
	exec 7>>"${RELAYAUDIT_LAB:-/var/cache/relayaudit-lab}/use.lock"
	flock -s 7
	# shellcheck disable=SC2086 # names
	LAB_ROOTS=$(sh "$here/lab.sh" lower base $mtas)
	export LAB_ROOTS
	: >>"$ACCURACY_ROWS"
	ACCURACY_ROWS=$(readlink -f "$ACCURACY_ROWS")
	side_by_side
	report <"$ACCURACY_ROWS"
}

side_by_side() {
	scratch=$(mktemp -d)
	children=
	# shellcheck disable=SC2064,SC2154 # the directory as it is now
	trap "rm -rf '$scratch'" EXIT
	# shellcheck disable=SC2086 # process ids
	trap 'kill -KILL $children 2>/dev/null; exit 130' INT TERM HUP
	mkdir "$scratch/queue" "$scratch/taken" "$scratch/reports"
	printf '%s\n' "$configs" | awk -v dir="$scratch/queue" '{
		file = sprintf("%s/%04d", dir, NR)
		print >file
		close(file)
	}'
	until=0
	[ -z "$ACCURACY_LIMIT" ] || until=$(($(date +%s) + ACCURACY_LIMIT))
	while [ "$ACCURACY_WORKERS" -gt 0 ]; do
		setpriv --pdeathsig KILL unshare --mount --net --uts --ipc --pid --fork --kill-child --mount-proc \
			sh "$0" --inside "$scratch" "$until" &
		children="$children $!"
		ACCURACY_WORKERS=$((ACCURACY_WORKERS - 1))
	done
	for child in $children; do wait "$child"; done
}

# Inside: takes what is in the queue until there is nothing left, or no time.  Who moves a file away has it.
inner() {
	mount -t tmpfs -o mode=755 bench-run /run
	work=/run/lab
	mkdir "$work"
	printf '%s\n' "${LAB_ROOTS:?}" >"$work/lower"
	hostname probe.example.net
	for part in tap net world server scan; do
		# shellcheck source=/dev/null
		. "$here/$part.sh"
	done
	{ net_up && world_up; } || die 'the network could not be built'
	cp "$bench/classic.sh" "$world/classic.sh"
	for file in "$1"/queue/*; do
		[ "$2" -eq 0 ] || [ "$(date +%s)" -lt "$2" ] || break
		mine=$1/taken/${file##*/}
		mv "$file" "$mine" 2>/dev/null || continue
		one "$(cat "$mine")"
	done
}

# one CONFIGURATION: two lines, or none if a server did not start.
one() {
	[ "$(grep -c "^$1	" "$ACCURACY_ROWS")" -lt 2 ] || return 0
	for ns in near far; do
		printf '%s\t%s\t%s' "$1" "$ns" "$(truth "$ns" "$1")" >"$work/row.$ns"
		: >"$work/why.$ns"
	done
	for tool in $tools; do
		server_up "$1" || {
			echo "$1: the server does not start: $(tail -n 1 "$work/server.out")" >&2
			server_down "$1"
			return
		}
		for ns in near far; do timed "$tool" "$ns" "$1"; done
		server_down "$1"
	done
	for ns in near far; do
		printf '%s\t%s\n' "$(cat "$work/row.$ns")" "$(cat "$work/why.$ns")" >>"$ACCURACY_ROWS"
	done
	echo "$1 done"
}

# truth VANTAGE CONFIGURATION: open is where the lab's proof of a relay must succeed.
truth() {
	case $(config_get "$2" "$1"):$(grep -c '^#: relays' "$here/$2.sh") in
	open:0 | undecided:0) echo closed ;;
	open:* | undecided:*) echo open ;;
	*) echo closed ;;
	esac
}

# timed TOOL VANTAGE CONFIGURATION: adds the verdict (open, closed, or none) and the milliseconds to the row.
timed() {
	begun=$(date +%s%3N)
	said=none
	"by_$1" "$2" "$3"
	printf '\t%s\t%s' "$said" "$(($(date +%s%3N) - begun))" >>"$work/row.$2"
	case $1 in relayaudit | confirm) reasons "$1" "$2" >>"$work/why.$2" ;; esac
}

by_relayaudit() {
	scan_run "$1" "$2" "$1"
	judged "$1"
}

# As scan_confirm in tests/mta/scan.sh.
by_confirm() {
	scan_run "$1" "$2" "$1" --confirm --sink "file:$work/proof.ndjson" --key "$work/proof.key" \
		--victim relaytest@confirm.example.net --sender relaytest@confirm.example.net --wait "${LAB_WAIT:-30}"
	judged "$1"
}

judged() {
	case $(jq -r '.verdict // "none"' "$work/$1.json") in
	open) said=open ;;
	closed) said=closed ;;
	esac
}

# reasons TOOL VANTAGE: what its verdict rests on.
reasons() {
	jq -r --arg tool "$1" '" [\($tool) \(.verdict // "has no report"): " + ([.views[]?.why] + [.attempts[]?
		| select(.outcome == "accepted" and (.control | not)) | "\(.probe) \(.proof) \(.reason // "")"]
		| .[0:4] | join("; ")) + "]" | gsub("[^ -~]"; " ")' "$work/$2.json" | tr -d '\n'
}

# What a tool is pointed at: relayaudit's ports, and the addresses that the target's name has.
ports() { config_get "$1" scan | sed -n 's/.*-p \([0-9,]*\).*/\1/p' | grep . || echo 25; }
addresses() {
	case $(config_get "$1" target) in
	'') echo 192.0.2.25 ;;
	mail.example.org) echo 192.0.2.25 2001:db8:25::25 ;;
	*) config_get "$1" target ;;
	esac
}

by_nmap() {
	said=
	command -v nmap >/dev/null || { said=absent && return; }
	for address in $(addresses "$2"); do
		family=
		case $address in *:*) family=-6 ;; esac
		# shellcheck disable=SC2086 # options, as words
		inside "$1" timeout 120 nmap $family $nmap_options -p "$(ports "$2")" "$address" >"$work/nmap.out" 2>&1 </dev/null
		case $(cat "$work/nmap.out") in
		*'Server is an open relay ('*) said=open ;;
		*'all tests failed'*) said=${said:-closed} ;;
		esac
	done
	said=${said:-none}
}

by_swaks() {
	said=
	for address in $(addresses "$2"); do
		# shellcheck disable=SC2046 # ports
		heard=$(inside "$1" chroot "$world" timeout 120 sh /classic.sh "$1.probe.example.net" "$address" \
			$(ports "$2" | tr , ' ') 2>/dev/null)
		case $heard in
		open) said=open ;;
		closed) said=${said:-closed} ;;
		esac
	done
	said=${said:-none}
}

# The table.
report() {
	machine
	printf '%s configurations and vantages, %s of them really open.\n\n' "$(grep -c . "$ACCURACY_ROWS")" \
		"$(cut -f 3 "$ACCURACY_ROWS" | grep -c '^open$')"
	awk -F '\t' -v tools="$tools" -f "$bench/confusion.awk"
}

if [ "${1:-}" = --inside ]; then
	shift
	inner "$@"
else
	outer "$@"
fi
