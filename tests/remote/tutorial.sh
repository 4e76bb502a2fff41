#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# tutorial.sh: each command of docs/agent-tutorial.md, in its order, as a new user would
# type it; ports alone are others than those that are written there, for they may be taken.
#
# Environment: RELAYAUDIT, RELAYAUDIT_PROBEDIR, PRACTISED (the programs).

set -u
LC_ALL=C
export LC_ALL

: "${RELAYAUDIT:=relayaudit}" "${PRACTISED:=practised}"
here=$(cd "$(dirname "$0")" && pwd) || exit 99
text=$here/../../docs/agent-tutorial.md

for tool in "$RELAYAUDIT" "$PRACTISED"; do
	command -v "$tool" >/dev/null 2>&1 || {
		echo "1..0 # SKIP there is no $tool"
		exit 0
	}
done

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
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

mkdir "$work/bin"
ln -s "$(command -v "$RELAYAUDIT")" "$work/bin/relayaudit"
PATH=$work/bin:$PATH
XDG_CONFIG_HOME=$work/config
XDG_STATE_HOME=$work/state
export PATH XDG_CONFIG_HOME XDG_STATE_HOME

# The blocks of the tutorial, a file each.
awk -v to="$work/block" '/^```sh$/ { n++; on = 1; next } /^```$/ { on = 0 } on { print > (to n) }' "$text"
cd "$work" || exit 99

mkfifo words
"$PRACTISED" "$here/../fake/rules/closed-postfix.rules" >words 2>counts &
server=$!
read -r _ port <words
sed -i "s/2525/$port/g; s/example\\.org/practice.test/g" block*
# A free port, as the agent itself finds one.
sed -i 's/127\.0\.0\.1:8625/127.0.0.1:0/' block3

number=1
while [ -f "block$number" ]; do
	case $number in
	4)
		# In the background, as it is written; its process is ours to end.
		sed 's/ &$//' block4 >agent.sh
		: >agent.log
		sh -c "exec $(cat agent.sh)" 2>>agent.log &
		agent=$!
		tail -n +1 -f --pid="$agent" agent.log 2>/dev/null | grep -qm 1 ' agent: listening on '
		door=$(sed -n 's/.* agent: listening on .*:\([0-9]*\)$/\1/p' agent.log)
		sed -i "s/localhost:8625/localhost:$door/" block5
		judge "$(head -n 1 block4)" "$([ -n "$door" ] || cat agent.log)"
		;;
	*)
		sh -eu "block$number" >said 2>&1
		status=$?
		judge "$(grep relayaudit "block$number" | tail -n 1)" "$([ "$status" -eq 0 ] || cat said)"
		if [ "$number" -eq 5 ]; then
			judge 'the report has both vantages' "$(if ! grep -q far said || ! grep -q here said; then cat said; fi)"
		fi
		;;
	esac
	number=$((number + 1))
done
judge 'there are six commands' "$([ "$number" -eq 7 ] || echo "and here $((number - 1))")"
kill -TERM "$agent" "$server"
wait "$agent" "$server"
echo "1..$count"
[ "$failed" -eq 0 ]
