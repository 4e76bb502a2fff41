#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run.sh [NAME]...: each command of the documents in docs/*.md, in its order, as a reader would type
# it; and what stands there of its output is in its output.
#
# A block of commands begins with ```sh, one of output, behind it, with ```text. What a document
# needs, servers and files, stands in docs/NAME.stage: the function stage(), and block_N(), which is
# called before block N. A block ends with status 0; one that is to end otherwise has ends_N.
# A block whose last line ends with & goes on in the background, once it says that it listens.
#
# Runs in network and mount namespaces of its own, where ports and names are those of the documents.
#
# Environment: RELAYAUDIT, RELAYAUDIT_PROBEDIR, PRACTISED (the programs).

set -u
LC_ALL=C
export LC_ALL
: "${RELAYAUDIT:=relayaudit}" "${PRACTISED:=practised}"
here=$(cd "$(dirname "$0")" && pwd) || exit 99
docs=$(cd "$here/../../docs" && pwd) || exit 99

skip() {
	echo "1..0 # SKIP $*"
	exit 0
}

if [ "${1:-}" != --inside ]; then
	for tool in "$RELAYAUDIT" "$PRACTISED" unshare ip jq; do
		command -v "$tool" >/dev/null 2>&1 || skip "there is no $tool"
	done
	map=
	[ "$(id -u)" -eq 0 ] || map=--map-root-user
	# shellcheck disable=SC2086 # a word, or none
	unshare $map --net --mount --pid --fork --mount-proc true 2>/dev/null || skip 'no namespaces here'
	# shellcheck disable=SC2086
	exec unshare $map --net --mount --pid --fork --kill-child --mount-proc sh "$0" --inside "$@"
fi
shift
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

mkdir "$work/bin"
ln -s "$(command -v "$RELAYAUDIT")" "$work/bin/relayaudit"
PATH=$work/bin:$PATH
export PATH
ip link set lo up
ip addr add 192.168.1.7/24 dev lo
printf '127.0.0.1 localhost\n127.0.0.25 mail.example.org\n127.0.0.26 blocked.example.org\n' >"$work/hosts"
: >"$work/resolv"
mount --bind "$work/hosts" /etc/hosts
mount --bind "$work/resolv" "$(readlink -f /etc/resolv.conf)"

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
		printf '%s\n' "$2" | sed -n 's/^/# /; 1,40p'
	fi
}

# serve ADDRESS PORT: a practice server by the rules on standard input; the one before, if any, ends.
# shellcheck disable=SC2317 # called by stages
serve() {
	serve_away "$1-$2"
	cat >"$work/$1-$2.rules"
	[ -p "$work/ready" ] || mkfifo "$work/ready"
	"$PRACTISED" -a "$1" -p "$2" "$work/$1-$2.rules" >"$work/ready" 2>/dev/null &
	echo $! >"$work/$1-$2.pid"
	read -r _ <"$work/ready"
}

# shellcheck disable=SC2317
serve_away() {
	[ -f "$work/$1.pid" ] || return 0
	{ kill "$(cat "$work/$1.pid")" && wait "$(cat "$work/$1.pid")"; } 2>/dev/null
	rm -f "$work/$1.pid"
}

# In the background, until it says where it listens.
go_on() {
	sed 's/ &$//' "$1" >"$1.sh"
	: >"$1.log"
	sh -c "exec $(cat "$1.sh")" >>"$1.log" 2>&1 &
	tail -n +1 -f --pid=$! "$1.log" 2>/dev/null | grep -qm 1 'listening on '
}

# What stands in the document and is not in what was said.
missing() {
	[ ! -f "$1" ] || while IFS= read -r line; do grep -qF -- "$line" said || echo "it does not say: $line"; done <"$1"
}

one() {
	mkdir -p "$work/$1/home"
	cd "$work/$1" || exit 99
	HOME=$work/$1/home XDG_CONFIG_HOME=$work/$1/home/.config XDG_STATE_HOME=$work/$1/home/.state
	export HOME XDG_CONFIG_HOME XDG_STATE_HOME
	awk '/^```sh$/ { n++; to = "block" n; next } /^```text$/ { to = "shown" n; next } /^```$/ { to = "" } to != "" { print >to }' "$docs/$1.md"
	stage() { :; }
	# shellcheck source=/dev/null
	[ ! -f "$here/$1.stage" ] || . "$here/$1.stage"
	stage
	number=1
	while [ -f "block$number" ]; do
		if command -v "block_$number" >/dev/null; then "block_$number"; fi
		: >said
		if tail -n 1 "block$number" | grep -q '&$'; then
			go_on "block$number"
		else
			sh -eu "block$number" >said 2>&1 </dev/null
		fi
		ended=$?
		eval "wanted=\${ends_$number:-0}"
		judge "$1: $(grep -m 1 '^[a-z]* ' "block$number")" "$(
			# shellcheck disable=SC2154 # by eval
			[ "$ended" -eq "$wanted" ] || { echo "it ends with $ended" && tail -n 30 said; }
			missing "shown$number"
		)"
		unset "ends_$number"
		unset -f "block_$number"
		number=$((number + 1))
	done
	judge "$1: there are commands" "$([ "$number" -gt 1 ] || echo none)"
}

[ $# -ne 0 ] || set -- "$docs"/*.md
for name; do one "$(basename "$name" .md)"; done
judge 'what a queue is told to be emptied by stands in the document' "$(
	for listing in "$here"/../queue/*.listing; do
		relayaudit queue -d example.org "$listing" -o json | jq -r '.queue.commands[].command' 2>/dev/null
	done | awk '{ print $1 == "find" ? $1 : $1 " " $2 }' | sort -u >"$work/commands"
	[ "$(wc -l <"$work/commands")" -ge 8 ] || echo "only these commands were seen: $(cat "$work/commands")"
	while IFS= read -r command; do
		grep -qF "\`$command" "$docs/open-relay-what-now.md" || echo "$command"
	done <"$work/commands"
)"
judge 'what the documents refer to is there' "$(
	for document in "$docs"/*.md; do
		grep -oE '[]][(][^)]+[)]' "$document" | tr -d '()]' | while IFS= read -r target; do
			[ -e "$docs/$target" ] || echo "$document: $target"
		done
	done
)"
echo "1..$count"
[ "$failed" -eq 0 ]
