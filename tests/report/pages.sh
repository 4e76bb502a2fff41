#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The HTML report of a configuration, of a log and of a map, as a parser sees it that is
# not ours, and with AXE set as a browser does; formats.sh has those of scans.

# shellcheck source=../house/house.sh
. "$(dirname "$0")/../house/house.sh"

need python3
if [ ! -x "${RELAYAUDIT:-}" ] || [ ! -x "${PRACTISED:-}" ]; then skip_all 'relayaudit or the practice server is not built'; fi
work=$(mktemp -d) || exit 99
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM

# page SENTENCE NAME STATUS COMMAND...: both reports of one run are compared.
page() {
	sentence=$1 name=$2 wanted=$3
	shift 3
	timeout 120 "$RELAYAUDIT" "$@" -o "html=$work/$name.html" -o "json=$work/$name.json" >"$work/said" 2>&1 </dev/null
	ended=$?
	judge "$sentence" "$(
		[ "$ended" -eq "$wanted" ] || echo "it ends with $ended"
		cat "$work/said"
		python3 tests/report/page.py "$work/$name.html" "$work/$name.json" 2>&1
	)"
}

# has SENTENCE NAME TEXT...
has() {
	sentence=$1 name=$2
	shift 2
	judge "$sentence" "$(for text; do grep -qF -- "$text" "$work/$name.html" || echo "it does not say: $text"; done)"
}

cat >"$work/main.cf" <<'END'
mydestination = example.org, localhost
mynetworks = 127.0.0.0/8, 192.168.0.0/24, 210.0.0.0/8, [2001:db8:1::]/48,
    172.17.0.0/16
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
END
page 'a configuration' config 1 config "$work/main.cf" --client 210.99.1.1 --client '203.0.113.7=<b>mail&"x".example.net'
has 'what it grants is told, and drawn' config '16,777,216' 'id="atlas-title"' 'class="granted"' '210.0.0.0/8 (granted)' '1 IPv6 network is not drawn'

page 'a log' log 1 log -d example.org tests/log/postfix.log
has 'strangers by hour, network and client' log 'id="hours-title"' '10 h: 4. ' '198.51.100.0/24</code>' 'class="bar"' 'correct-dns'

page 'a queue' queue 1 queue -d example.org tests/queue/postfix.listing
has 'what waits, and the commands' queue "Strangers&#39; mail waits in the queue: 4 messages to 5 recipients." 'postsuper -h BF66C65 -h 372FB6E' 'None of these was run'

mkfifo "$work/door"
"$PRACTISED" tests/fake/rules/map.rules >"$work/door" 2>/dev/null &
server=$!
port=
read -r _ port <"$work/door"
page 'a map' map 1 map 127.0.0.1 --helo probe.example.net --from xclient -p "$port" --resolution /9
has 'and its picture' map 'class="stranger"' '203.0.0.0/8 (stranger)' 'id="atlas-desc"'
{ kill "$server" && wait "$server"; } 2>/dev/null
server=

# make check TESTS=tests/report/pages.sh AXE=.../axe-core/axe.min.js
what='axe-core finds nothing in the pages at three widths, and none scrolls sideways'
if [ -f "${AXE:-}" ] && command -v chromium >/dev/null 2>&1; then
	judge "$what" "$(python3 tests/report/axe.py chromium "$AXE" "$work/config.html" "$work/log.html" "$work/queue.html" "$work/map.html" 2>&1)"
else
	pass_over "$what" 'AXE names no axe.min.js, or chromium is not installed'
fi

done_judging
