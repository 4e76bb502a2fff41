#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# relayaudit log, as the program is used: the founding documents' own lines, logs of
# each server, every way in, and rotten ones.
#
# Environment: RELAYAUDIT (the program).

# shellcheck source=../house/house.sh
. "$(dirname "$0")/../house/house.sh"

: "${RELAYAUDIT:=relayaudit}"
for tool in jq gzip xz "$RELAYAUDIT"; do
	command -v "$tool" >/dev/null 2>&1 || skip_all "there is no $tool"
done
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
logs=$PWD/tests/log
HOME=$work XDG_CONFIG_HOME=$work TZ=UTC0
export HOME XDG_CONFIG_HOME TZ
cd "$work" || exit 99

# run ARGUMENT...: sets status; what is said goes to $work/out and $work/err.
run() {
	timeout 120 "$RELAYAUDIT" log "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
}

# is WHAT FOUND WANTED
is() { [ "$2" = "$3" ] || echo "$1: $2, and not $3"; }

# counts WANTED: messages/recipients/accepted/unknown/denied/lost/backscatter/not understood
counts() {
	is counts "$(jq -r '.mail | [.strangers.messages, .strangers.recipients, .accepted_not_delivered, .delivered_origin_unknown,
		.denied.total, .lost_input_channel, .backscatter, .lines_not_understood] | join("/")' "$work/out" 2>&1)" "$1"
}

# says FILTER WANTED
says() { is "$1" "$(jq -c "$1" "$work/out" 2>&1)" "$2"; }

# The lines of the founding documents

run -o json "$logs/seeds/postfix-relayed-2003.log"
judge 'the message of 15 March is strangers mail, with client, sender and recipient' "$(
	is status "$status" 1
	counts 1/1/1/1/0/0/0/0
	says .mail.strangers.clients '{"218.144.119.1":1}'
	says .mail.strangers.senders '{"journeypark@hananet.net":1}'
	says .mail.strangers.domains '{"hanmail.net":1}'
	says '.mail.strangers.prefixes[0]' '{"218.0.0.0/8":1}'
	says '.mail.strangers.first[5:]' '"03-15T18:31:53Z"'
	says '[.verdict, .findings[0].id, .findings[0].severity]' '["open","strangers-mail","critical"]'
)"

run -o json --own-network 218.144.0.0/16 "$logs/seeds/postfix-relayed-2003.log"
judge 'an own network is no stranger; what the log does not show is told' "$(
	is status "$status" 3
	counts 0/0/0/1/0/0/0/0
)"

run -o json -d hanmail.net "$logs/seeds/postfix-relayed-2003.log"
judge 'mail for an own domain is no relaying' "$(counts 0/0/1/0/0/0/0/0)"

run -o json "$logs/seeds/sendmail-denied.log"
judge 'two denied sessions with their causes, and lost connections' "$(
	is status "$status" 0
	counts 0/0/0/0/2/2/0/0
	says .mail.denied.causes '{"correct-dns":1,"missing-ptr":0,"may-be-forged":0,"name-lookup-failed":1}'
	says .mail.denied.clients '{"219.133.174.225":1,"61.216.82.185":1}'
)"

run -o json "$logs/seeds/sendmail-causes.txt"
judge 'the three classic refusals, without stamps' "$(
	is status "$status" 0
	counts 0/0/0/0/3/0/0/0
	says .mail.denied.causes '{"correct-dns":1,"missing-ptr":1,"may-be-forged":1,"name-lookup-failed":0}'
)"

run -o json "$logs/seeds/qmail-bounce.log"
judge 'the bounce of qmail is backscatter, with the remedy for qmail' "$(
	is status "$status" 0
	counts 0/0/0/0/0/0/1/0
	says '[.findings[0].id, (.findings[0].fix | contains("qmail-smtpd"))]' '["backscatter",true]'
)"

# Each server, and all of them mixed

for log in "$logs"/*.log; do
	name=${log##*/}
	wanted=$(cat "${log%.log}.counts")
	run -o json -d own.example -d .own.example --own-network 192.0.2.0/24 "$log"
	judge "${name%.log}: counts are exact" "$(counts "$wanted"; cat "$work/err")"
done

cat "$logs"/*.log >"$work/mixed"
run -o json -d own.example -d .own.example --own-network 192.0.2.0/24 "$work/mixed"
judge 'logs of all servers in one file: the sum of them' "$(
	counts "$(cat "$logs"/*.counts | awk -F / '{ for (i = 1; i <= NF; i++) sum[i] += $i } END { for (i = 1; i <= NF; i++) printf "%s%d", (i > 1 ? "/" : ""), sum[i] }')"
)"

# Ways in

seed=$logs/seeds/postfix-relayed-2003.log
run -o json - <"$seed"
timeout 60 "$RELAYAUDIT" log -o json - <"$seed" >"$work/out" 2>"$work/err"
judge 'standard input' "$(counts 1/1/1/1/0/0/0/0)"

for packer in gzip xz zstd bzip2; do
	if command -v "$packer" >/dev/null 2>&1; then
		"$packer" -c "$seed" >"$work/packed"
		run -o json "$work/packed"
		judge "packed by $packer" "$(counts 1/1/1/1/0/0/0/0)"
	else
		pass_over "packed by $packer" "there is no $packer"
	fi
done

# systemd's journal: what journalctl 252 wrote of one journal in its own forms. Among its entries are
# bytes that are no text, a message of 5000 bytes, one of two messages, and one without any.
# What the short forms hold back of a mail server is told.

for form in "$logs"/journal/*; do
	lost=0
	case $form in */short*) lost=1 ;; esac
	run -o json -d own.example -d .own.example --own-network 192.0.2.0/24 "$form"
	judge "journalctl -o ${form##*/}" "$(
		counts "3/4/0/1/2/0/0/$lost"
		says '[.mail.first, .mail.last]' '["2026-11-27T10:00:00Z","2026-11-27T10:06:02Z"]'
		cat "$work/err"
	)"
done

cat "$logs/journal/export" "$logs/postfix.log" "$logs/seeds/sendmail-denied.log" >"$work/journals"
run -o json -d own.example -d .own.example --own-network 192.0.2.0/24 "$work/journals"
judge 'a journal and other logs in one file' "$(counts 6/8/0/1/6/3/1/0)"

gzip -c "$logs/journal/export" >"$work/packed"
run -o json -d own.example -d .own.example --own-network 192.0.2.0/24 "$work/packed"
judge 'a journal, packed' "$(counts 3/4/0/1/2/0/0/0)"

# The first binary field says that it has 255 bytes more.
awk -v RS='\\n' '{ print } $0 == "MESSAGE" { exit }' "$logs/journal/export" >"$work/head"
{ cat "$work/head" && printf '\377' && tail -c +$(($(wc -c <"$work/head") + 2)) "$logs/journal/export"; } >"$work/lies"
run -o json -d own.example -d .own.example --own-network 192.0.2.0/24 "$work/lies"
judge 'a journal in which a length lies: told' "$(counts 3/4/0/1/2/0/0/1; is status "$status" 1)"

{ head -n 40 "$logs/journal/export" && printf 'MESSAGE\n\0\0\0\1\0\0\0\0' && head -c 20000000 /dev/zero; } >"$work/endless"
run -o json "$work/endless"
judge 'a journal with a field that never ends: could not tell' "$(is status "$status" 3; says .mail.lines_not_understood 1)"

head -c 6000 "$logs/journal/json" >"$work/torn"
run -o json "$work/torn"
judge 'a journal of which the last line is torn: told' "$(says .mail.lines_not_understood 1)"

printf 'LPKSHHRH\0\0\0\0' >"$work/own.journal"
run "$work/own.journal"
judge "a journal's own file: says how to read it" "$(is status "$status" 3; grep -q 'journalctl --file' "$work/out" || cat "$work/out")"

# A message in two files, the second packed; and files that are none of the log.
mkdir "$work/dir" "$work/empty"
head -n 5 "$seed" | gzip -c >"$work/dir/mail.log.2.gz"
sed -n 6,9p "$seed" >"$work/dir/mail.log.1"
tail -n +10 "$seed" >"$work/dir/mail.log"
cp "$seed" "$work/dir/syslog"
head -c 3000 /dev/urandom >"$work/dir/wtmp"
touch -d '2003-03-16' "$work/dir/mail.log.2.gz"
touch -d '2003-03-17' "$work/dir/mail.log.1"
touch -d '2003-03-22' "$work/dir/mail.log"
run -o json "$work/dir"
judge 'a directory of rotated files, in their order, with their year' "$(
	counts 1/1/1/1/0/0/0/0
	says '[.mail.first, .mail.last]' '["2003-03-15T18:31:52Z","2003-03-21T00:54:53Z"]'
)"

run "$work/empty"
judge 'an empty directory: could not tell' "$(is status "$status" 3)"

# Rotten ones

: >"$work/nothing"
run -o json "$work/nothing"
judge 'an empty file: could not tell' "$(is status "$status" 3; says .verdict '"inconclusive"')"

run -o json "$work/missing"
judge 'a file that is not there: could not tell' "$(is status "$status" 3)"

mkfifo "$work/fifo"
run -o json "$work/fifo"
judge 'a fifo is not opened' "$(is status "$status" 3; says '.mail.sources' '[]')"

run -o json /dev/zero
judge 'a device is not opened' "$(is status "$status" 3)"

head -c 200000 /dev/urandom >"$work/noise"
run -o json "$work/noise"
judge 'noise: could not tell' "$(is status "$status" 3; cat "$work/err")"

gzip -c "$seed" | head -c 300 >"$work/torn.gz"
run -o json "$work/torn.gz"
judge 'a packed file that is torn: could not tell' "$([ "$status" -ne 0 ] || echo 'status 0')"

{ cat "$logs/seeds/sendmail-denied.log"; head -c 1000000 /dev/zero | tr '\0' x; echo; head -c 5000 /dev/zero; cat "$logs/seeds/sendmail-denied.log"; } >"$work/long"
run -o json "$work/long"
judge 'a line of 1 MB, and a run of NULs before a line: exact counts, and the long line is told' "$(
	is status "$status" 3
	counts 0/0/0/0/4/4/0/1
)"

printf 'Dec 31 23:59:58 mx postfix/smtpd[1]: 4AAAAAAAAA: client=a.example[198.51.100.1]\nJan  1 00:00:02 mx postfix/qmgr[2]: 4AAAAAAAAA: from=<s@a.example>, size=1, nrcpt=1 (queue active)\nJan  1 00:00:03 mx postfix/smtp[3]: 4AAAAAAAAA: to=<r@b.example>, relay=b.example[203.0.113.1]:25, delay=1, status=sent (250 ok)\n' >"$work/turn"
touch -d '2025-01-02' "$work/turn"
run -o json "$work/turn"
judge 'the turn of a year' "$(counts 1/1/0/0/0/0/0/0; says '[.mail.first, .mail.last]' '["2024-12-31T23:59:58Z","2025-01-01T00:00:03Z"]')"

printf 'Jan  1 00:00:03 mx postfix/smtp[3]: 4AAAAAAAAA: to=<r@b.example>, relay=b.exam' >>"$work/turn"
run -o json -d b.example "$work/turn"
judge 'a line that is cut off is no "nothing found"' "$(is status "$status" 3; counts 0/0/0/0/0/0/0/1)"

printf 'Jan  1 00:00:02 mx postfix/smtpd[2]: NOQUEUE: reject: RCPT from \033[31m[198.51.100.1]: 554 5.7.1 <r@b.example>: Relay access denied; from=<\033]0;x\007@a> to=<r@b.example> proto=SMTP helo=<h>\n' >"$work/escape"
run "$work/escape"
judge 'escapes in a log stay out of the report' "$(
	is status "$status" 0
	! LC_ALL=C grep -n '[^ -~]' "$work/out" "$work/err"
)"

# What the server saw of a scan

run=4kqz7hx2pm5daaaa
cat >"$work/scan" <<'END'
Jan  1 00:00:02 mx postfix/smtpd[2]: NOQUEUE: reject: RCPT from unknown[172.17.0.1]: 554 5.7.1 <relaytest-4kqz7hx2pm5d@example.com>: Relay access denied; from=<relayaudit-4kqz7hx2pm5d@example.com> to=<relaytest-4kqz7hx2pm5d@example.com> proto=SMTP helo=<h>
Jan  1 00:00:03 mx postfix/smtpd[2]: NOQUEUE: reject: RCPT from a.example[198.51.100.7]: 550 5.1.1 <4kqz7hx2abcdefghijkmnpqrstuvwxyz@sink.example>: Recipient address rejected: no; from=<4kqz7hx2abcdefghijkmnpqrstuvwxy3@sink.example> to=<4kqz7hx2abcdefghijkmnpqrstuvwxyz@sink.example> proto=SMTP helo=<h>
Jan  1 00:00:04 mx postfix/smtpd[2]: NOQUEUE: reject: RCPT from a.example[198.51.100.9]: 554 5.7.1 <x@example.com>: Relay access denied; from=<y@example.com> to=<x@example.com> proto=SMTP helo=<h>
END
run -o json --run "$run" "$work/scan"
judge 'a scan is found by its addresses, with the clients that the server saw' "$(
	is status "$status" 0
	says .mail.run '{"id":"4kqz7hx2pm5daaaa","attempts":2,"clients":{"172.17.0.1":1,"198.51.100.7":1}}'
)"

run -o json --run "$run" --vantage 198.51.100.7 "$work/scan"
judge 'an address that is no vantage has lost the client' "$(
	is status "$status" 1
	says '[.findings[] | .id]' '["client-address-lost"]'
)"

run -o json --run zzzzzzzzzzzzzzzz "$work/scan"
judge 'a scan of which the log shows nothing: could not tell' "$(is status "$status" 3)"

# Settings

cat >"$work/relayaudit.yml" <<'END'
own-networks: [218.144.0.0/16]
targets:
  mx.example: {domains: [hanmail.net]}
END
run -o json "$seed"
judge 'own networks and domains of the configuration file count' "$(counts 0/0/0/0/0/0/0/0)"
rm "$work/relayaudit.yml"

# A log that grows

# one ID CLIENT: the lines of a message of strangers that went out.
one() {
	printf 'Mar  5 10:00:00 mx postfix/smtpd[1]: %s: client=a.example[%s]\n' "$1" "$2"
	printf 'Mar  5 10:00:01 mx postfix/qmgr[2]: %s: from=<s@a.example>, size=1, nrcpt=1 (queue active)\n' "$1"
	printf 'Mar  5 10:00:02 mx postfix/smtp[3]: %s: to=<r@b.example>, relay=b.example[203.0.113.1]:25, delay=1, status=sent (250 ok)\n' "$1"
}

mkfifo "$work/told"
one 4AAAAA1 198.51.100.1 >"$work/growing"
timeout 120 "$RELAYAUDIT" log --follow -o ndjson "$work/growing" >"$work/told" 2>"$work/err" </dev/null &
follower=$!
exec 3<"$work/told"
{
	read -r first <&3
	one 4AAAAA2 198.51.100.2 >>"$work/growing"
	read -r second <&3
	mv "$work/growing" "$work/growing.1"
	printf 'Mar  5 10:00:03 mx postfix/anvil[4]: statistics: max connection rate 1/60s for (smtp:198.51.100.1) at Mar  5 10:00:00\n%.0s' 1 2 3 4 5 6 7 8 9 >"$work/growing"
	one 4AAAAA3 198.51.100.3 >>"$work/growing"
	read -r third <&3
	: >"$work/growing"
	one 4AAAAA4 198.51.100.4 >>"$work/growing"
	read -r fourth <&3
	kill -TERM "$follower"
	{ printf '%s\n' "$first" "$second" "$third" "$fourth" && cat <&3; } >"$work/followed"
	wait "$follower"
	status=$?
}
exec 3<&-
judge 'a log is followed: through rotation and truncation, until it is enough' "$(
	for line in "$first" "$second" "$third" "$fourth"; do printf '%s\n' "$line"; done | jq -r '[.type, .client, .sender, .domain] | join(" ")' >"$work/seen"
	for i in 1 2 3 4; do echo "message 198.51.100.$i s@a.example b.example"; done | diff - "$work/seen"
	is status "$status" 1
	is messages "$(tail -n 1 "$work/followed" | jq .mail.strangers.messages)" 4
	cat "$work/err"
)"
run --follow -
judge 'standard input cannot be followed' "$(is status "$status" 2)"

# With the server's configuration

# configure MYNETWORKS
configure() {
	mkdir -p "$work/root/etc/postfix"
	printf 'compatibility_level = 3.6\nmynetworks = %s\nsmtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n' "$1" >"$work/root/etc/postfix/main.cf"
}

configure '127.0.0.0/8, 218.0.0.0/8'
run -o json --root "$work/root" "$seed"
judge 'the very grant that let a stranger in is named' "$(
	counts 1/1/1/1/0/0/0/0
	says '.mail.grants' '[{"source":"main.cf:2","setting":"mynetworks","value":"218.0.0.0/8","covers":"218.0.0.0/8","clients":1,"messages":1}]'
	says '[.findings[0].evidence[] | select(startswith("main.cf:2 lets in 1 of these clients"))] | length' 1
)"
configure '127.0.0.0/8, 218.144.119.1'
run -o json --root "$work/root" "$seed"
judge 'whom the configuration trusts by a narrow network is no stranger' "$(counts 0/0/1/1/0/0/0/0)"
configure '127.0.0.0/8, 218.144.119.1, 218.0.0.0/8'
run -o json --root "$work/root" --mta postfix "$seed"
judge 'nor who is in a wide network as well' "$(counts 0/0/1/1/0/0/0/0)"
configure '127.0.0.0/8'
run -o json --root "$work/root" "$seed"
judge 'a configuration that lets nobody in: said so' "$(
	counts 1/1/1/1/0/0/0/0
	says '[.mail.grants, .mail.clients_by_no_grant, .mail.messages_by_no_grant]' '[[],1,1]'
)"
run -o json --root "$work/empty" "$seed"
judge 'a configuration that cannot be read: could not tell' "$(
	counts 1/1/1/1/0/0/0/0
	says '.mail.grants' null
	says '[.findings[] | select(.title | contains("configuration"))] | length' 1
)"

run --run short "$seed"
judge 'a run that is none: wrong usage' "$(is status "$status" 2)"
run --own-network 300.0.0.0/8 "$seed"
judge 'a network that is none: wrong usage' "$(is status "$status" 2)"

if python3 -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null; then
	judge 'reports fit their schema, as documents and as lines' "$(
		for log in "$work/mixed" "$work/noise" "$work/scan"; do
			timeout 60 "$RELAYAUDIT" log -o json=json -o ndjson=ndjson --run "$run" "$log" >"$work/out" 2>&1 </dev/null
			python3 "$top/tests/report/validate.py" "$top/docs/relayaudit-report-1.schema.json" whole json 2>&1
			python3 "$top/tests/report/validate.py" "$top/docs/relayaudit-report-1.schema.json" stream ndjson json 2>&1
		done
	)"
	judge 'and so does what is told while a log is followed' "$(python3 "$top/tests/report/validate.py" "$top/docs/relayaudit-report-1.schema.json" stream "$work/followed" 2>&1)"
	run -o json "$work/mixed"
	judge 'the schema is strict about what logs say' "$(python3 "$top/tests/report/validate.py" "$top/docs/relayaudit-report-1.schema.json" strict "$work/out" 2>&1)"
else
	pass_over 'reports fit their schema' 'python3 has no jsonschema that knows the draft 2020-12'
fi

cp "$seed" "$work/a-name-as-long-as-those-that-log-rotation-makes-of-them.2003-03-15.log"
COLUMNS=80 run a-name-as-long-as-those-that-log-rotation-makes-of-them.2003-03-15.log
judge 'the text report fits 80 columns' "$(awk 'length > 80 { print FILENAME ": " $0 }' "$work/out")"

done_judging
