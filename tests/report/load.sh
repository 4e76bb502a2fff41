#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# JSON reports are read back: written again they are the same, in other formats they say
# the same, and damaged ones are told, not drawn.

# shellcheck source=../house/house.sh
. "$(dirname "$0")/../house/house.sh"

need python3
if [ ! -x "${RELAYAUDIT:-}" ] || [ ! -x "${PRACTISED:-}" ]; then skip_all 'relayaudit or the practice server is not built'; fi
work=$(mktemp -d) || exit 99
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM

# again NAME FORMAT STATUS: the report in $work/NAME.json, and in FORMAT by the run itself.
again() {
	judge "$1: read back, it is the same" "$(
		"$RELAYAUDIT" report "$work/$1.json" -o json -o "$2=$work/$1.again" >"$work/again.json" 2>"$work/said"
		[ $? -eq "$3" ] || echo 'another exit status'
		cat "$work/said"
		cmp "$work/$1.json" "$work/again.json" 2>&1
		cmp "$work/$1.$2" "$work/$1.again" 2>&1
	)"
}

printf '%s\n' 'mynetworks = 127.0.0.0/8, 210.0.0.0/8' 'smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination' >"$work/main.cf"
"$RELAYAUDIT" config "$work/main.cf" --client 210.9.9.9 -o "json=$work/config.json" -o "html=$work/config.html" >/dev/null 2>&1
again config html 1
"$RELAYAUDIT" log -d example.org tests/log/postfix.log -o "json=$work/log.json" -o "text=$work/log.text" >/dev/null 2>&1
again log text 1
mkdir -p "$work/root/etc/postfix"
cp "$work/main.cf" "$work/root/etc/postfix/main.cf"
"$RELAYAUDIT" log --root "$work/root" -d hanmail.example tests/log/seeds/postfix-relayed-2003.log -o "json=$work/granted.json" -o "text=$work/granted.text" >/dev/null 2>&1
again granted text 1
"$RELAYAUDIT" queue -d example.org tests/queue/postfix.listing -o "json=$work/queue.json" -o "text=$work/queue.text" >/dev/null 2>&1
again queue text 1
mkfifo "$work/door"
"$PRACTISED" tests/fake/rules/map.rules >"$work/door" 2>/dev/null &
server=$!
port=
read -r _ port <"$work/door"
"$RELAYAUDIT" map 127.0.0.1 --helo probe.example.net --from xclient -p "$port" --resolution /9 -o "json=$work/map.json" -o "svg=$work/map.svg" >/dev/null 2>&1
again map svg 1
"$RELAYAUDIT" scan 127.0.0.1 -d practice.test -p "$port/none" --suite classic -o "json=$work/scan.json" -o "html=$work/scan.html" >/dev/null 2>&1
again scan html "$("$RELAYAUDIT" report "$work/scan.json" >/dev/null 2>&1; echo $?)"
{ kill "$server" && wait "$server"; } 2>/dev/null
server=

judge 'what is damaged is told, and never drawn' "$(python3 tests/report/load.py "$RELAYAUDIT" "$work" tests/report/full.json 2>&1)"

# says FILE TEXT...
says() {
	file=$1
	shift
	said=$("$RELAYAUDIT" report "$file" 2>&1)
	ended=$?
	[ "$ended" -eq 2 ] || echo "it ends with $ended"
	for text; do case $said in *"$text"*) ;; *) echo "$said" ;; esac; done
}
printf '{\n  "schema": "relayaudit-report/1",\n  "tool": {"name" "relayaudit"}\n}\n' >"$work/broken.json"
judge 'what is no JSON is told with line and column' "$(says "$work/broken.json" "$work/broken.json:3:")"
printf '{"schema": "relayaudit-report/2"}\n' >"$work/other.json"
judge 'another schema is told' "$(says "$work/other.json" 'schema is not relayaudit-report/1')"
judge 'a file that is not there is told' "$(says "$work/nowhere.json" "$work/nowhere.json")"
judge 'a format that draws maps only is told' "$([ "$("$RELAYAUDIT" report "$work/log.json" -o svg 2>&1)" = "relayaudit: 'svg' is drawn by relayaudit map only" ] || echo no)"

done_judging
