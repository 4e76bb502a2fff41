#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Maps, and audits of the server's own, beside an earlier report: what is known passes, what
# is new fails, what went is told, and what was not asked is not gone.  In a network of its
# own, where the practice server has port 25.

# shellcheck source=../house/house.sh
. "$(dirname "$0")/../house/house.sh"

need jq unshare ip
if [ ! -x "${RELAYAUDIT:-}" ] || [ ! -x "${PRACTISED:-}" ]; then skip_all 'relayaudit or the practice server is not built'; fi
if [ "${1:-}" != --inside ]; then
	unshare --user --map-root-user --net true 2>/dev/null || skip_all 'no namespaces may be made here'
	exec unshare --user --map-root-user --net sh tests/report/baseline_server.sh --inside
fi
work=$(mktemp -d) || exit 99
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
ip link set lo up || exit 99
mkfifo "$work/ready"

# serve RULES: in place of the one before.
serve() {
	[ -z "$server" ] || { kill "$server"; wait "$server"; }
	"$PRACTISED" -p 25 "$1" >"$work/ready" 2>/dev/null &
	server=$!
	read -r _ _ <"$work/ready" || exit 99
} 2>/dev/null

# asks FILE EXPRESSION: nothing, or that it does not hold, with what there is.
asks() { jq -e "$2" "$1" >/dev/null || { echo "not so: $2"; jq -c '[.findings[] | [.id, .where, .baseline.state]], .baseline' "$1"; }; }

printf 'contact: postmaster@example.org\n' >"$work/none.yml"

# Maps

map() { "$RELAYAUDIT" map 127.0.0.1 --config "$work/none.yml" --helo probe.example.net --from xclient -4 --resolution /9 "$@"; }
serve tests/fake/rules/map.rules
judge 'of a map, what is known passes' "$(
	ends 1 map -o "json=$work/map.json"
	ends 0 map --baseline "$work/map.json" -o "json=$work/b.json" -o text
	asks "$work/b.json" '.findings != [] and all(.findings[]; .baseline.state == "known") and .baseline.gone == []'
	grep -q '^Beside the baseline of .*: 0 findings are new' "$work/out" || cat "$work/out"
)"
{ cat tests/fake/rules/map.rules; echo 'trust 128.0.0.0/8'; } >"$work/wider.rules"
serve "$work/wider.rules"
judge 'a network more fails' "$(
	ends 1 map --baseline "$work/map.json" -o "json=$work/b.json"
	asks "$work/b.json" '[.findings[] | select(.baseline.state != "known") | .where] | any(contains("128.0.0.0/8"))'
)"
grep -v '^trust 203' tests/fake/rules/map.rules >"$work/narrower.rules"
serve "$work/narrower.rules"
judge 'a network that went is told' "$(
	ends 0 map --baseline "$work/map.json" -o "json=$work/b.json"
	asks "$work/b.json" '[.baseline.gone[] | select(.state == "gone") | .where] | any(contains("203.0.0.0/8"))'
)"
judge 'a map is no baseline of a scan, nor the other way' "$(
	ends 2 "$RELAYAUDIT" scan 127.0.0.1 --config "$work/none.yml" -d practice.test --baseline "$work/map.json" -o "json=$work/unwritten.json"
	grep -q 'nothing in one can be known again in the other' "$work/said" || cat "$work/said"
	[ ! -e "$work/unwritten.json" ] || echo 'a report is written'
)"

# The server itself

mkdir -p "$work/root/etc/postfix"
configure() { printf '%s\n' "mynetworks = $1" 'mydestination = practice.test' 'smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination' >"$work/root/etc/postfix/main.cf"; }
self() {
	"$RELAYAUDIT" self --config "$work/none.yml" -d practice.test --mta postfix --root "$work/root" --log tests/log/postfix.log \
		--queue tests/queue/postfix.listing --suite classic --quiet "$@"
}
serve tests/fake/rules/closed-postfix.rules
configure '127.0.0.0/8, 210.0.0.0/8'
judge 'of the server itself, what is known passes: configuration, log and queue' "$(
	ends 1 self -o "json=$work/self.json"
	asks "$work/self.json" '[.findings[].id] | contains(["trust-oversized", "strangers-mail", "strangers-queued"])'
	ends 0 self --baseline "$work/self.json" -o "json=$work/b.json" -o text
	asks "$work/b.json" 'all(.findings[]; .baseline.state == "known") and .baseline.gone == []'
	grep -q 'known: it stood in the baseline' "$work/out" || cat "$work/out"
)"
configure '127.0.0.0/8, 210.0.0.0/8, 209.0.0.0/8'
judge 'a line that trusts more fails, and it alone is new' "$(
	ends 1 self --baseline "$work/self.json" -o "json=$work/b.json"
	asks "$work/b.json" '[.findings[] | select(.baseline.state == "new") | .id] | contains(["trust-oversized"]) and all(. == "trust-oversized" or . == "trust-untested")'
)"
configure '127.0.0.0/8'
judge 'what went from the configuration is told' "$(
	ends 0 self --baseline "$work/self.json" -o "json=$work/b.json"
	asks "$work/b.json" '[.baseline.gone[] | select(.state == "gone") | .id] | contains(["trust-oversized"])'
)"
done_judging
