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

# config NAME VERDICT [OPTION]...: of the main.cf on standard input.
config() {
	mkdir -p "$work/$1/etc/postfix"
	cat >"$work/$1/etc/postfix/main.cf"
	timeout 120 "$RELAYAUDIT" config --root "$work/$1" -o "json=$work/$1.json" -o "ndjson=$work/$1.ndjson" \
		--client 210.99.1.1 --client 2001:db8::1=a.example.net >"$work/$1.said" 2>&1
	judge_scan "the configuration $1" "$1" "$2"
}

config oversized open <<'END'
compatibility_level = 3.6
mynetworks = 127.0.0.0/8, 210.0.0.0/8, net, ldap:/etc/postfix/ldap.cf
smtpd_relay_restrictions = permit_mynetworks, check_sender_access inline:{example.org=OK}, reject_unauth_destination
END
config host-bits inconclusive <<'END'
compatibility_level = 3.6
mynetworks = 127.0.0.0/8, 210.196.1.2/8
END
printf 'compatibility_level = 3.6\nmynetworks = 127.0.0.0/8 \033[31m\000 \377/8 "\\\n' >"$work/planted"
config hostile inconclusive <"$work/planted"
judge 'what was planted in a configuration is found, with its line' "$(
	python3 - "$work/oversized.json" "$work/host-bits.json" <<-'END'
		import json, sys
		one, two = (json.load(open(path)) for path in sys.argv[1:])
		found = [[(row["id"], row["severity"], row["where"]) for row in report["findings"]] for report in (one, two)]
		wanted = [[("trust-oversized", "critical", "main.cf:2"), ("trust-by-name", "critical", "main.cf:2"),
		           ("sender-based-relay", "high", "main.cf:3"), ("not-evaluated", "info", "main.cf:2")],
		          [("trust-oversized", "high", "main.cf:2"), ("trust-host-bits", "high", "main.cf:2"), ("refuses-service", "high", "main.cf:2")]]
		print(*[row for rows, part in zip(wanted, found) for row in rows if row not in part], sep="\n", end="")
		answers = [[row["answer"] for row in report["clients"]] for report in (one, two)]
		if answers != [["permit", "permit"], ["broken", "defer"]]:
			print("the clients are answered", answers)
		if [row["addresses"] for row in one["grants"] if row["value"] == "210.0.0.0/8"] != ["16777216"]:
			print("the addresses of 210.0.0.0/8 are not counted")
	END
)"

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
