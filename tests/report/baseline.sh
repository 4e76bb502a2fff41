#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A run beside an earlier report: what is known fails nothing, what is new does, what went
# is told; baselines that are none are told; exceptions hold on their last day, and not the
# day after.  Two reports are compared, and many merged.

# shellcheck source=../house/house.sh
. "$(dirname "$0")/../house/house.sh"

need python3
if [ ! -x "${RELAYAUDIT:-}" ] || [ ! -x "${PRACTISED:-}" ]; then skip_all 'relayaudit or the practice server is not built'; fi
work=$(mktemp -d) || exit 99
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM

serve() {
	[ -p "$work/ready" ] || mkfifo "$work/ready"
	"$PRACTISED" "$1" >"$work/ready" 2>/dev/null &
	server=$!
	port=
	read -r _ port <"$work/ready"
	[ -n "$port" ] || exit 99
}
leave() {
	kill "$server"
	wait "$server"
	server=
} 2>/dev/null

# asks FILE EXPRESSION: nothing, or that it does not hold; r is the report.
asks() {
	python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
f = [(x["id"], x.get("baseline", {}).get("state")) for x in r["findings"]]
b = r.get("baseline", {})
gone = [(x["id"], x["state"], x["why"]) for x in b.get("gone", [])]
if not eval(sys.argv[2]): print("not so:", sys.argv[2], f, gone, b.get("changes"))' "$@"
}
edit() { python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
exec(sys.argv[3])
json.dump(r, open(sys.argv[2], "w"))' "$@"; }
schema=$(python3 -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null && echo yes)
fits() { [ -z "$schema" ] || python3 tests/report/validate.py docs/relayaudit-report-1.schema.json whole "$@" 2>&1; }

# Configurations

restrictions='smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination'
mkdir "$work/here" "$work/there"
printf '%s\n' 'mynetworks = 127.0.0.0/8, 210.0.0.0/8' "$restrictions" >"$work/here/main.cf"
printf '%s\n' '# a line more' '' 'mynetworks = 127.0.0.0/8, 210.0.0.0/8' "$restrictions" >"$work/there/main.cf"
config() { "$RELAYAUDIT" config --config "$work/none.yml" "$@"; }
printf 'contact: postmaster@example.org\n' >"$work/none.yml"
judge 'without a baseline it fails' "$(ends 1 config "$work/here/main.cf" -o "json=$work/a.json")"
judge 'what is known passes, on another line and in another directory' "$(
	ends 0 config "$work/there/main.cf" --baseline "$work/a.json" -o "json=$work/b.json" -o text
	grep -q 'known: it stood in the baseline' "$work/out" || cat "$work/out"
	asks "$work/b.json" 'all(s == "known" for _, s in f) and not gone and b["known"] == len(f) > 0 and r["verdict"] == "open"'
	fits "$work/b.json"
)"
judge 'such a report is read back, and ends alike' "$(
	ends 0 "$RELAYAUDIT" report "$work/b.json" -o "json=$work/again.json"
	cmp "$work/b.json" "$work/again.json" 2>&1
)"
printf '%s\n' 'mynetworks = 127.0.0.0/8, 210.0.0.0/8, 209.0.0.0/8' "$restrictions" >"$work/there/main.cf"
judge 'what is new fails, and it alone' "$(
	ends 1 config "$work/there/main.cf" --baseline "$work/a.json" -o "json=$work/b.json" -o "junit=$work/b.junit"
	asks "$work/b.json" 'sorted(f) == [("trust-oversized", "known"), ("trust-oversized", "new"), ("trust-untested", "known")]'
	grep -q '<testsuites name="relayaudit" tests="3" failures="1" errors="0" skipped="2">' "$work/b.junit" || cat "$work/b.junit"
)"
printf '%s\n' 'mynetworks = 127.0.0.1/32' "$restrictions" >"$work/there/main.cf"
judge 'what went is told' "$(
	ends 0 config "$work/there/main.cf" --baseline "$work/a.json" -o "json=$work/b.json" -o text
	asks "$work/b.json" '("trust-oversized", "gone", None) in gone and r["verdict"] == "closed"'
	grep -q '^  gone: trust-oversized (critical): mynetworks trusts 210.0.0.0/8' "$work/out" || cat "$work/out"
)"
edit "$work/a.json" "$work/milder.json" 'for x in r["findings"]: x["severity"] = "low"'
judge 'what is graver than it was fails' "$(
	ends 1 config "$work/here/main.cf" --baseline "$work/milder.json" -o "json=$work/b.json"
	asks "$work/b.json" '("trust-oversized", "worse") in f and r["findings"][0]["baseline"]["severity"] == "low"'
)"
edit "$work/a.json" "$work/graver.json" 'for x in r["findings"]: x["severity"] = "critical"'
judge 'what is milder is known' "$(
	ends 0 config "$work/here/main.cf" --baseline "$work/graver.json" -o "json=$work/b.json"
	asks "$work/b.json" '("trust-untested", "milder") in f'
)"

# Exceptions

ignoring() { printf 'ignore:\n  - {finding: trust-oversized, where: "*main.cf:*", reason: "lab \303\274", expires: %s}\n  - {finding: relay, reason: none, expires: 2999-01-31}\n' "$1" >"$work/ignore.yml"; }
# Around midnight the day may be another by then.
judge 'an exception holds on its last day, and not the day after' "$(
	for try in 1 2; do
		today=$(date -u +%F)
		ignoring "$today"
		on=$(ends 0 "$RELAYAUDIT" config --config "$work/ignore.yml" "$work/here/main.cf" -o "json=$work/borne.json")
		ignoring "$(date -u -d yesterday +%F)"
		after=$(ends 1 "$RELAYAUDIT" config --config "$work/ignore.yml" "$work/here/main.cf" -o "json=$work/lapsed.json")
		[ "$today" != "$(date -u +%F)" ] || break
	done
	printf '%s' "$try$on$after" | cut -c 2-
	asks "$work/borne.json" 'r["findings"][0]["excused"]["reason"] == "lab \\xc3\\xbc"'
	asks "$work/lapsed.json" '[x["state"] for x in r["exceptions"]] == ["expired", "unmatched"]'
)"
judge 'what was borne in the baseline and no longer is fails' "$(
	ends 1 config "$work/here/main.cf" --baseline "$work/borne.json" -o "json=$work/b.json"
	asks "$work/b.json" '("trust-oversized", "lapsed") in f'
)"
judge 'exceptions that hold no longer or fit nothing are told in every format' "$(
	for format in text junit tap sarif github markdown nagios html; do
		"$RELAYAUDIT" report "$work/lapsed.json" -o "$format" >"$work/out" 2>&1
		tr -d '\134' <"$work/out" | tr -s ' \n' ' ' >"$work/flat"
		grep -q -i 'expired' "$work/flat" && grep -q 'fits nothing' "$work/flat" || echo "$format"
	done
	"$RELAYAUDIT" report "$work/lapsed.json" -o "gitlab=$work/g.json" -o "prometheus=$work/p.prom"
	python3 -c 'import json, sys
rows = [x for x in json.load(open(sys.argv[1])) if x["check_name"] == "exception"]
if [x["location"]["lines"]["begin"] for x in rows] != [2, 3]: print("gitlab", rows)' "$work/g.json"
	grep -q '^relayaudit_exceptions{state="expired"} 1$' "$work/p.prom" && grep -q '^relayaudit_exceptions{state="unmatched"} 1$' "$work/p.prom" || echo prometheus
)"

# Baselines that are none

python3 - "$work" <<'END'
import json, sys
work = sys.argv[1]
report = json.load(open(f"{work}/a.json"))
files = {
    "empty": b"", "garbage": b"\x00\xff\x1b[2J" * 100, "line": b"x" * (10 << 20), "string": b'"' + b"x" * (10 << 20) + b'"',
    "deep": b"[" * 100000, "objects": b'{"a":' * 100000, "list": b"[]", "number": b"1", "nothing": b"null", "other": b'{"schema": "relayaudit-report/9"}',
    "types": json.dumps({**report, "findings": {"id": 1}}).encode(), "finding": json.dumps({**report, "findings": [{"id": []}]}).encode(),
    "states": json.dumps({**report, "findings": [{**report["findings"][0], "baseline": {"state": "known"}}]}).encode(),
    "twice": json.dumps(report).encode()[:-1] + b', "schema": "relayaudit-report/1"}',
}
for name, data in files.items():
    open(f"{work}/bad-{name}.json", "wb").write(data)
END
mkdir "$work/bad-directory.json"
judge 'a baseline that cannot be read is told in one sentence, and nothing is written' "$(
	for file in "$work"/bad-*.json "$work/bad-nowhere.json"; do
		ends 2 config "$work/here/main.cf" --baseline "$file" -o "json=$work/unwritten.json"
		if [ "$(wc -l <"$work/said")" -ne 1 ] || [ "$(wc -c <"$work/said")" -ge 600 ] || ! grep -q "^relayaudit: .*bad-.*\.json" "$work/said"; then cat "$work/said"; fi
		[ ! -e "$work/unwritten.json" ] || echo "$file: it is written all the same"
	done
	find "$work" -name '*unwritten*'
	ends 3 config "$work/here/main.cf" --baseline "$work/bad-empty.json" -o nagios
)"

# Logs and queues

log() { "$RELAYAUDIT" log --config "$work/none.yml" -d example.org tests/log/postfix.log "$@"; }
queue() { "$RELAYAUDIT" queue --config "$work/none.yml" -d example.org tests/queue/postfix.listing "$@"; }
judge 'strangers'"'"' mail is known while no more of it comes' "$(
	ends 1 log -o "json=$work/log.json"
	ends 0 log --baseline "$work/log.json" -o text
	ends 1 queue -o "json=$work/queue.json"
	ends 0 queue --baseline "$work/queue.json" -o text
	edit "$work/log.json" "$work/old.json" 'r["run"]["finished"] = "2001-01-01T00:00:00Z"'
	ends 1 log --baseline "$work/old.json" -o "json=$work/b.json"
	asks "$work/b.json" '("strangers-mail", "new") in f'
	edit "$work/queue.json" "$work/old.json" 'r["run"]["finished"] = "2001-01-01T00:00:00Z"'
	ends 1 queue --baseline "$work/old.json" -o "json=$work/b.json"
	asks "$work/b.json" '("strangers-queued", "new") in f'
)"
judge 'in another log, what is not seen is not gone' "$(
	grep -v . /dev/null >"$work/empty.log"
	"$RELAYAUDIT" log --config "$work/none.yml" -d example.org "$work/empty.log" --baseline "$work/log.json" -o "json=$work/b.json" >/dev/null 2>&1
	asks "$work/b.json" 'gone and all(s == "not-asked" and w == "another log was read" for _, s, w in gone)'
)"
judge 'a report of another thing is no baseline' "$(
	ends 2 config "$work/here/main.cf" --baseline "$work/log.json"
	ends 2 log --baseline "$work/queue.json"
	grep -q 'is a report of queue, and this is a report of log: nothing' "$work/said" || cat "$work/said"
)"

# Scans

scan() { "$RELAYAUDIT" scan 127.0.0.1 --config "$work/none.yml" -d practice.test -p "$port/none" --timeout 5 --retry-after 0.2 --suite classic "$@"; }
near=near=bind:127.86.0.9 far=far=bind:127.0.0.1
serve tests/fake/rules/demo.rules
judge 'of a scan, too, what is known passes, and what is not asked is not gone' "$(
	ends 1 scan --from "$near" --from "$far" -o "json=$work/both.json"
	ends 0 scan --from "$near" --from "$far" --baseline "$work/both.json" -o text
	grep -q 'known: it stood in the baseline' "$work/out" || cat "$work/out"
	ends 0 scan --from "$far" --baseline "$work/both.json" -o "json=$work/b.json"
	asks "$work/b.json" 'len(gone) == 2 and all(w == "its endpoint was not asked from its vantage" for _, s, w in gone)'
	asks "$work/b.json" '[(x["vantage"], x["was"], x["now"]) for x in b["changes"]] == [(None, "open", "closed"), ("near", "open", None)]'
	ends 0 scan --from "$near" --baseline "$work/both.json" --skip percent-at-host -o "json=$work/b.json"
	asks "$work/b.json" 'gone == [("relay", "not-asked", "its probe was not tried")] and f == [("relay", "known")]'
	fits "$work/b.json"
)"
judge 'another vantage finds what is new' "$(
	ends 1 scan --from "$near" --from other=bind:127.86.1.1 --baseline "$work/both.json" -o "json=$work/b.json"
	asks "$work/b.json" 'sorted(s for _, s in f) == ["known", "known", "new", "new"]'
)"
edit "$work/both.json" "$work/elsewhere.json" 'r["targets"][0]["host"] = "mx.example.net"
for x in r["views"] + r["attempts"] + r["findings"]: x["target"] = "mx.example.net"'
judge 'a baseline of another target is told before anything is asked' "$(
	ends 2 scan --from "$far" --baseline "$work/elsewhere.json" -o "json=$work/unwritten.json"
	grep -q 'is a report of scan of mx.example.net, and this is a report of scan of 127.0.0.1: nothing' "$work/said" || cat "$work/said"
	[ ! -e "$work/unwritten.json" ] || echo 'a report is written'
	ends 3 scan --from "$far" --baseline "$work/elsewhere.json" -o nagios
)"

# Merged

scan --from "$near" -o "json=$work/near.json" >/dev/null 2>&1
scan --from "$far" -o "json=$work/far.json" >/dev/null 2>&1
judge 'two reports are one, as of one scan' "$(
	ends 1 "$RELAYAUDIT" report --merge "$work/near.json" "$work/far.json" -o "json=$work/merged.json" -o text -o "html=$work/merged.html"
	cat "$work/said"
	grep -q 'Merged from the reports of 2 runs' "$work/out" || cat "$work/out"
	asks "$work/merged.json" 'r["verdict"] == "open" and [(v["vantage"], v["verdict"]) for v in r["views"]] == [("near", "open"), ("far", "closed")] and len(r["parts"]) == 2'
	fits "$work/merged.json"
	python3 tests/report/page.py "$work/merged.html" "$work/merged.json" 2>&1
	ends 0 "$RELAYAUDIT" report "$work/both.json" "$work/merged.json" -o "json=$work/b.json"
	asks "$work/b.json" 'all(s == "known" for _, s in f) and not gone and not b["changes"]'
	ends 1 "$RELAYAUDIT" report "$work/merged.json" -o "json=$work/again.json"
	cmp "$work/merged.json" "$work/again.json" 2>&1
	ends 1 "$RELAYAUDIT" report --merge "$work/far.json" "$work/near.json" -o "json=$work/b.json"
	asks "$work/b.json" "r['run']['id'] == '$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["run"]["id"])' "$work/merged.json")'"
)"
judge 'what two reports have is told once, as the worse has it' "$(
	ends 1 "$RELAYAUDIT" report --merge "$work/merged.json" "$work/both.json" -o "json=$work/b.json"
	python3 - "$work/merged.json" "$work/b.json" <<-'END'
		import json, sys
		one, other = (json.load(open(name)) for name in sys.argv[1:])
		if one["counts"] != other["counts"]: print(one["counts"], other["counts"])
	END
	edit "$work/far.json" "$work/unsure.json" 'r["run"]["id"] = "another"; r["verdict"] = r["targets"][0]["verdict"] = r["views"][0]["verdict"] = r["vantages"][0]["verdict"] = "inconclusive"
for x in r["attempts"]:
    if not x["control"]: x["verdict"] = "inconclusive"'
	for order in "$work/far.json $work/unsure.json" "$work/unsure.json $work/far.json"; do
		# shellcheck disable=SC2086 # two names
		ends 3 "$RELAYAUDIT" report --merge $order -o "json=$work/b.json"
		asks "$work/b.json" 'r["verdict"] == "inconclusive" and len(r["views"]) == 1 and r["counts"]["probes_unjudged"] == r["counts"]["probes_run"] == 17'
	done
)"
edit "$work/near.json" "$work/renamed.json" 'import re
text = json.dumps(r).replace("near", "far"); r = json.loads(text)'
judge 'two vantages of one name keep apart' "$(
	ends 1 "$RELAYAUDIT" report --merge "$work/far.json" "$work/renamed.json" -o "json=$work/b.json"
	grep -q 'two vantages are called far: that of .*renamed.json is far-2 here' "$work/said" || cat "$work/said"
	asks "$work/b.json" '[(v["vantage"], v["verdict"]) for v in r["views"]] == [("far", "closed"), ("far-2", "open")] and r["findings"][0]["where"].endswith(" from far-2")'
	fits "$work/b.json"
)"
judge 'what cannot be merged is told' "$(
	ends 2 "$RELAYAUDIT" report --merge "$work/near.json" "$work/near.json"
	grep -q 'is there twice' "$work/said" || cat "$work/said"
	ends 2 "$RELAYAUDIT" report --merge "$work/merged.json" "$work/far.json"
	ends 2 "$RELAYAUDIT" report --merge "$work/near.json" "$work/log.json"
	ends 2 "$RELAYAUDIT" report --merge "$work/near.json" "$work/bad-other.json"
	ends 2 "$RELAYAUDIT" report --merge "$work/near.json"
	ends 2 "$RELAYAUDIT" report "$work/near.json" "$work/far.json" "$work/both.json"
)"

# Another server at that port; and then none.

leave
serve tests/fake/rules/closed-postfix.rules
sed "s/:$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["targets"][0]["endpoints"][0]["port"])' "$work/both.json")/:$port/" "$work/both.json" >"$work/before.json"
judge 'what is mended is gone, in every format' "$(
	ends 0 scan --from "$near" --baseline "$work/before.json" -o "json=$work/b.json"
	asks "$work/b.json" '[g[1] for g in gone] == ["gone", "gone"] and r["verdict"] == "closed"'
	for format in text junit tap github markdown nagios html sarif; do
		"$RELAYAUDIT" report "$work/before.json" "$work/b.json" -o "$format" >"$work/out" 2>"$work/said"
		tr -d '\134' <"$work/out" | tr -s ' \n' ' ' | grep -q -e '2 are gone' -e '"absent"' || { echo "$format"; cat "$work/said"; }
	done
)"
leave
judge 'a run that tested nothing never passes' "$(
	ends 3 scan --from "$far" -o "json=$work/nobody.json"
	ends 3 scan --from "$far" --baseline "$work/nobody.json" -o "json=$work/b.json"
	asks "$work/b.json" 'f and all(s == "known" for _, s in f)'
	printf 'ignore:\n  - {finding: scan-incomplete, reason: "it is down", expires: 2999-01-31}\n' >"$work/down.yml"
	ends 3 scan --from "$far" --config "$work/down.yml" -o "json=$work/b.json"
)"

done_judging
