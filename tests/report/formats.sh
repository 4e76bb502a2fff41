#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every format of one and the same report says the same verdict and the same findings, as
# parsers see it that are not ours; with a server that writes into reports, and names that do.

# shellcheck source=../house/house.sh
. "$(dirname "$0")/../house/house.sh"

need python3
if [ ! -x "${RELAYAUDIT:-}" ] || [ ! -x "${PRACTISED:-}" ]; then skip_all 'relayaudit or the practice server is not built'; fi
work=$(mktemp -d) || exit 99
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM

# formats NAME STATUS [OPTION]...: a practice server by $work/NAME.rules is scanned by $work/NAME.more; where there is
# $work/NAME.before, an earlier scan by that is the baseline.
formats() {
	name=$1 wanted=$2
	shift 2
	[ -p "$work/ready" ] || mkfifo "$work/ready"
	"$PRACTISED" "$work/$name.rules" >"$work/ready" 2>/dev/null &
	server=$!
	address=
	read -r address port <"$work/ready"
	[ -n "$address" ] || exit 99
	mkdir "$work/$name"
	for when in before more; do
		{
			printf 'targets:\n  127.0.0.1: {domains: [practice.test], endpoints: ["%s/none"]}\n' "$port"
			cat "$work/$name.$when"
		} >"$work/$name/$when.yml" 2>/dev/null
	done
	mv "$work/$name/more.yml" "$work/$name/r.yml"
	if [ -f "$work/$name.before" ]; then
		"$RELAYAUDIT" scan --config "$work/$name/before.yml" --timeout 5 --retry-after 0.2 "-ojson=$work/$name/before.json" "$@" >/dev/null 2>&1 </dev/null
		set -- "$@" --baseline "$work/$name/before.json"
	fi
	outputs=
	for format in text json junit tap sarif gitlab github markdown html prometheus; do outputs="$outputs -o $format=$work/$name/r.$format"; done
	# shellcheck disable=SC2086 # options
	"$RELAYAUDIT" scan --config "$work/$name/r.yml" --timeout 5 --retry-after 0.2 $outputs "$@" >"$work/said" 2>&1 </dev/null
	echo $? >"$work/$name/status"
	# The same run's, by its exit status: a second one, for a monitoring system is one.
	"$RELAYAUDIT" scan --config "$work/$name/r.yml" --timeout 5 --retry-after 0.2 -o "nagios=$work/$name/r.nagios" "$@" >>"$work/said" 2>&1 </dev/null
	echo $? >"$work/$name/nagios.status"
	judge "$name: all formats say the same" "$(
		[ "$(cat "$work/$name/status")" -eq "$wanted" ] || echo "the scan ends with $(cat "$work/$name/status")"
		cat "$work/said"
		python3 tests/report/formats.py "$work/$name" 2>&1
		python3 tests/report/page.py "$work/$name/r.html" "$work/$name/r.json" 2>&1
	)"
	kill "$server" && wait "$server"
	server=
} 2>/dev/null

cp tests/fake/rules/demo.rules "$work/open.rules"
cat >"$work/open.more" <<'END'
vantages:
  '<b>ne"ar|#\&amp;`x`': {via: "bind:127.86.0.9"}
  far]]>: {via: "bind:127.0.0.1"}
END
formats open 1 --suite classic

# Of two findings one is borne.
cp "$work/open.rules" "$work/borne.rules"
cat >"$work/borne.more" <<'END'
vantages:
  near: {via: "bind:127.86.0.9"}
  far: {via: "bind:127.0.0.1"}
ignore:
  - {finding: relay, reason: "a lab # <thing> | moves \"soon\"", expires: 2999-01-31}
END
formats borne 0 --suite classic

# Beside an earlier report one vantage is known, one new, and one not asked; an exception fits nothing.
cp "$work/open.rules" "$work/baseline.rules"
cat >"$work/baseline.before" <<'END'
vantages:
  near: {via: "bind:127.86.0.9"}
  gone: {via: "bind:127.86.0.7"}
END
cat >"$work/baseline.more" <<'END'
vantages:
  near: {via: "bind:127.86.0.9"}
  new: {via: "bind:127.86.0.8"}
ignore:
  - {finding: backscatter, reason: "a lab # <thing> | moves \"soon\"", expires: 2999-01-31}
END
formats baseline 1 --suite classic

cp "$work/open.rules" "$work/known.rules"
cp "$work/open.more" "$work/known.before"
cp "$work/open.more" "$work/known.more"
formats known 0 --suite classic

cp tests/fake/rules/closed-postfix.rules "$work/closed.rules"
: >"$work/closed.more"
formats closed 0 --suite classic

cp tests/fake/rules/blocked.rules "$work/blocked.rules"
: >"$work/blocked.more"
formats blocked 3 --probe plain

cat >"$work/hostile.rules" <<'END'
domain practice.test
user postmaster
trust 127.0.0.0/8
hostile escapes banner
hostile markup rcpt
END
: >"$work/hostile.more"
formats hostile 1 --suite classic

"$RELAYAUDIT" scan --config "$work/nowhere.yml" -o nagios >"$work/said" 2>&1
judge 'a mistake is UNKNOWN to a monitoring system' "$([ $? -eq 3 ] || cat "$work/said")"
"$RELAYAUDIT" scan --config "$work/nowhere.yml" -o tap >"$work/said" 2>&1
judge 'and wrong usage to all others' "$([ $? -eq 2 ] || cat "$work/said")"

done_judging
