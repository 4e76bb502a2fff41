#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Maps of practice servers: what is found, by which way, how it is told, and what is
# left of a map that was ended before its time.
#
# Environment: RELAYAUDIT, RELAYAUDIT_PROBEDIR, PRACTISED (the programs).

# shellcheck source=../house/house.sh
. "$(dirname "$0")/../house/house.sh"

: "${RELAYAUDIT:=relayaudit}" "${PRACTISED:=practised}"
for tool in jq "$RELAYAUDIT" "$PRACTISED"; do
	command -v "$tool" >/dev/null 2>&1 || skip_all "there is no $tool"
done
rules=$PWD/tests/fake/rules
validate=$PWD/tests/report/validate.py
schema=$PWD/docs/relayaudit-report-1.schema.json
work=$(mktemp -d) || exit 99
servers=
trap 'kill $servers 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
mkdir "$work/home"
HOME=$work/home XDG_CONFIG_HOME=$work/home
export HOME XDG_CONFIG_HOME
cd "$work" || exit 99

# serve RULES: a file of ours, or a name; sets port and server.
serve() {
	mkfifo "$work/door"
	from=$1
	[ -f "$from" ] || from=$rules/$1.rules
	"$PRACTISED" "$from" >"$work/door" 2>/dev/null &
	server=$!
	servers="$servers $server"
	port=
	read -r _ port <"$work/door"
	rm "$work/door"
}

# map ARGUMENT...: sets status; leaves report, out and err.
map() {
	timeout 300 "$RELAYAUDIT" map 127.0.0.1 --helo probe.example.net -o json=report -o text "$@" >out 2>err </dev/null
	status=$?
}

# is WHAT FOUND WANTED
is() { [ "$2" = "$3" ] || echo "$1: $2, and not $3"; }

report() { is "$1" "$(jq -rc "$1" report 2>&1)" "$2"; }

networks='[.map.networks[].prefix]'
three='["192.168.0.0/24","203.0.0.0/8","127.0.0.0/8"]'
grown='["192.168.0.0/24","203.0.0.0/8","127.0.0.0/8","::1/128"]'

serve map
map --from xclient -p "$port" --resolution /9 -o svg=picture.svg
judge 'exactly the networks that are trusted are found, and the strangers among them' "$(
	report "$networks" "$grown"
	report .map.strangers_ipv4 16777472
	report .map.addresses_ipv4 33554688
	report .map.addresses_ipv6 1
	report '[.findings[] | [.id, .severity, .title]]' '[["relay","critical","203.0.0.0/8 may relay: 16,777,216 addresses"],["relay","high","192.168.0.0/24 may relay: 256 addresses"]]'
	report '[.verdict, .run.command, .map.whole, .map.undecided]' '["open","map",true,0]'
	is status "$status" 1
	grep -q '^OPEN  127.0.0.1 relays for strangers: 16,777,472 IPv4 addresses' out || cat out err
	grep -q 'narrower than a /9' out || echo 'the text does not say what can be missed'
)"
judge 'a session asks for more than one client' "$(
	[ "$(jq '.map.asked / .map.sessions | floor' report)" -ge 2 ] || echo 'a session asks for one client only'
)"
if python3 -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null; then
	judge 'the report fits its schema' "$(python3 "$validate" "$schema" whole report open 2>&1)"
else
	judged=$((judged + 1))
	echo "ok $judged - the report fits its schema # SKIP python3 has no jsonschema that knows the draft 2020-12"
fi
judge 'the picture is well-formed, tells its title, and has no script' "$(
	python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' picture.svg 2>&1
	grep -q '<title id="title">Who may relay through 127.0.0.1</title>' picture.svg || echo 'no title'
	grep -q 'class="stranger" d="M' picture.svg || echo 'no strangers'
	grep -qi '<script\|href=' picture.svg && echo 'there is more than a picture'
	[ "$(wc -c <picture.svg)" -lt 60000 ] || echo 'it is large'
)"
map --from xclient -p "$port" --resolution /9 -4 --own-network 203.0.0.0/8 --own-network 192.168.0.0/24
judge 'a network that is meant to relay is no finding' "$(
	report '[.verdict, (.findings | length)]' '["closed",0]'
	report '[.map.networks[].kind]' '["own","own","loopback"]'
	is status "$status" 0
)"
cat >own.yml <<-'END'
	own-networks: [203.0.0.0/8, 192.168.0.0/24]
END
map --from xclient -p "$port" --resolution /9 -4 --config own.yml
judge 'the configuration file names own networks, too' "$(is status "$status" 0; cat err)"

# One address is trusted, far from what a map looks at by itself; where it stands is known.
mkdir -p root/etc/postfix
cat >root/etc/postfix/main.cf <<-'END'
	mynetworks = 127.0.0.0/8 203.0.113.77/32
	smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
END
echo 'smtp inet n - y - - smtpd' >root/etc/postfix/master.cf
sed 's|^trust 203.0.0.0/8|trust 203.0.113.77|' "$rules/map.rules" >one.rules
usual=$port
serve one.rules
map --from xclient -p "$port" --resolution /9 -4
judge 'a hole that is narrower than the resolution is missed' "$(report "$networks" '["192.168.0.0/24","127.0.0.0/8"]')"
map --from xclient -p "$port" --resolution /9 -4 --root root
judge 'what the configuration names is looked at' "$(
	report "$networks" '["192.168.0.0/24","203.0.113.77/32","127.0.0.0/8"]'
	cat err
)"
map --from xclient -p "$port" --root root/etc
judge 'a root without a configuration is told' "$(
	is status "$status" 2
	grep -q 'there is no configuration below root/etc' err || cat err
)"
port=$usual

# begin ARGUMENT...: a map in the background that is well under way; sets running.
begin() {
	rm -f watch
	mkfifo watch
	"$RELAYAUDIT" map 127.0.0.1 --helo probe.example.net --progress always -o json=report "$@" >out 2>watch </dev/null &
	running=$!
	head -c 400 watch >progress
}

begin --from xclient -p "$port" -4 --resolution /15 --resume state
kill -KILL "$running"
wait "$running" 2>/dev/null
kept=$(wc -l <state)
printf '{"client":"203.0' >>state
map --from xclient -p "$port" -4 --resolution /15 --resume state
judge 'a map that was killed is gone on with' "$(
	[ "$kept" -gt 1 ] || echo "$kept lines were kept"
	grep -q ' of [0-9]* answered, [0-9]* may relay, [0-9]*/s, [0-9]* s left' progress || cat progress
	report "$networks" "$three"
	report ".map.resumed >= $kept - 1" true
	report .map.whole true
	is status "$status" 1
	grep -v '^{"client":"[0-9.]*","answer":"\(granted\|denied\)"}$' state | sed 1d
)"
judge 'answers of another way are refused, in so many words' "$(
	map --from proxyv2 -p "$port" -4 --resume state 2>&1
	is status "$status" 2
	grep -q "holds the answers of another map: its via is 'xclient', and this one's is 'proxyv2'" err || cat err
)"
judge 'what is no such file is refused and left alone' "$(
	echo 'dear diary' >diary
	map --from xclient -p "$port" --resume diary
	is status "$status" 2
	is diary "$(cat diary)" 'dear diary'
)"

begin --from xclient -p "$port" --resolution /20 --max-sessions 1
before=$(date +%s)
kill -INT "$running"
wait "$running"
status=$?
judge 'SIGINT ends a map at once, with what is known' "$(
	[ $(($(date +%s) - before)) -le 5 ] || echo 'it took its time'
	report '[.run.interrupted, .map.whole]' '[true,false]'
	report '[.findings[] | select(.id == "scan-incomplete").title]' '["not judged: the map is not whole: it was interrupted"]'
	case $status in 1 | 3) ;; *) echo "status: $status" ;; esac
)"

serve map-once
map --from xclient -p "$port" -4 --resolution /6
judge 'XCLIENT that is granted once a session costs sessions, and nothing else' "$(
	report "$networks" "$three"
	report '.map.sessions * 1.3 >= .map.asked' true
)"
serve map-proxy
map --from proxyv2 -p "$port" -4 --resolution /8 --retry-after 0.1
judge 'by PROXY headers the same, and what is passing is asked again' "$(
	report "$networks" "$three"
	report '[.map.whole, .map.undecided]' '[true,0]'
	report '.map.sessions > .map.asked + 20' true
	is status "$status" 1
)"
serve map-greylist
map --from proxyv1 -p "$port" -4 --resolution /8 --retry-after 0.1
judge 'what stays undecided is told as not judged, and is not closed' "$(
	report .verdict inconclusive
	report '[.map.not_judged[].reason]' '["greylisted"]'
	report '.map.undecided > 0' true
	is status "$status" 3
)"

serve closed-postfix
map --from xclient -p "$port" -4
judge 'a server that grants no XCLIENT is told so, with what to do' "$(
	is status "$status" 3
	report '.map.fault | test("offers us no XCLIENT: .*smtpd_authorized_xclient_hosts")' true
	report .verdict inconclusive
)"
kill "$server"
wait "$server" 2>/dev/null
map --from xclient -p "$port" -4
judge 'a server that is not there is not closed' "$(
	is status "$status" 3
	report '[.verdict, .map.asked]' '["inconclusive",0]'
)"

# refuse SENTENCE PATTERN ARGUMENT...
refuse() {
	sentence=$1 pattern=$2
	shift 2
	timeout 60 "$RELAYAUDIT" map "$@" >out 2>err </dev/null
	status=$?
	judge "$sentence" "$(
		is status "$status" 2
		grep -q "$pattern" err || cat err
	)"
}
refuse 'a way that is one client is refused' "a vantage of kind 'local' is one client" 127.0.0.1 --from local
refuse 'an address behind the way is refused' 'takes no address here' 127.0.0.1 --from xclient:192.0.2.1
refuse 'a command without {client} is refused' 'wants a {client}' 127.0.0.1 --from 'exec:cat'
refuse 'no way is refused' 'by what way are clients simulated' 127.0.0.1
refuse 'a resolution that is none is refused' "'/33' is no resolution" 127.0.0.1 --from xclient --resolution /33
refuse "a stranger's server is refused" 'say --mine' 192.0.2.1 --from xclient
refuse 'a format that draws no map is refused' "a map is told as text, json, html or svg" 127.0.0.1 --from xclient -o ndjson

done_judging
