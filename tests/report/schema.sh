#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Reports fit their schema, as a parser and a validator that are not ours see them:
# one that was made by hand (test_json.c), and those of scans of practice servers.

# shellcheck source=../house/house.sh
. "$(dirname "$0")/../house/house.sh"

need python3
python3 -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null ||
	skip_all 'python3 has no jsonschema that knows the draft 2020-12'

practised=$HOUSE_BUILD/tests/fake/practised
work=$(mktemp -d) || exit 99
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM

validate() { python3 tests/report/validate.py docs/relayaudit-report-1.schema.json "$@" 2>&1; }

# serve RULES-FILE: starts a server, and sets server, address and port.
serve() {
	[ -p "$work/ready" ] || mkfifo "$work/ready"
	"$practised" "$1" >"$work/ready" 2>/dev/null &
	server=$!
	address=
	read -r address port <"$work/ready"
	[ -n "$address" ]
}

# Whoever comes now finds nobody there.
leave() {
	kill "$server"
	wait "$server"
	server=
} 2>/dev/null

# scan NAME [OPTION]...: $work/NAME.json and .ndjson, and what was said elsewhere.
scan() {
	name=$1
	shift
	timeout 120 "$RELAYAUDIT" scan "$address" --domain practice.test --timeout 3 --retry-after 1 \
		-o "json=$work/$name.json" -o "ndjson=$work/$name.ndjson" "$@" >"$work/$name.said" 2>&1 </dev/null
}

# judge_scan SENTENCE NAME [VERDICT]
judge_scan() {
	judge "$1: json" "$(
		validate whole "$work/$2.json" ${3:+"$3"}
		[ -s "$work/$2.json" ] || cat "$work/$2.said"
	)"
	judge "$1: ndjson" "$(validate stream "$work/$2.ndjson" "$work/$2.json")"
}

judge 'the report that was made by hand fits: json' "$(validate whole tests/report/full.json open)"
judge 'the report that was made by hand fits: ndjson' "$(validate stream tests/report/full.ndjson tests/report/full.json)"
judge 'the schema is strict' "$(validate strict tests/report/full.json)"

if [ ! -x "${RELAYAUDIT:-}" ] || [ ! -x "$practised" ]; then
	pass_over 'reports of scans' 'relayaudit or the practice server is not built'
	done_judging
	exit
fi

serve tests/fake/rules/demo.rules || exit 99
scan open --port "$port" --from near=bind:127.86.0.9 --from far=bind:127.0.0.1
judge_scan 'a server that relays for some' open open
leave
scan nobody --port "$port"
judge_scan 'a server that is not there' nobody inconclusive

serve tests/fake/rules/closed-postfix.rules || exit 99
scan closed --port "$port/starttls" --suite classic --victim v@outside.example --from 'office=local?expect=relay' --from far=local
judge_scan 'a server that relays for nobody' closed
leave

cat >"$work/hostile.rules" <<'END'
domain practice.test
user postmaster
hostile escapes banner
hostile 8bit ehlo
hostile markup rcpt
hostile nul mail
END
serve "$work/hostile.rules" || exit 99
scan hostile --port "$port" --suite classic
judge_scan 'a server that writes into reports' hostile
leave

done_judging
