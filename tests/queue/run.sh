#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# relayaudit queue, as the program is used: listings of each server, what it would run,
# commands of its own that are asked, and rotten listings.
#
# Listings are what the servers of make check-mta said: Postfix 3.7, Exim 4.96, sendmail
# 8.17 and OpenSMTPD 6.8, with mail on hold, quarantined and lost, and damaged queue files;
# sendmail-groups is put together from several. Debian has no qmail: qmail.listing is the
# output of notqmail's own qmail-qread.c over a queue laid out by hand as qmail-queue and
# qmail-send lay it, with a message that was taken away meanwhile.
#
# Environment: RELAYAUDIT (the program).

# shellcheck source=../house/house.sh
. "$(dirname "$0")/../house/house.sh"

: "${RELAYAUDIT:=relayaudit}"
for tool in jq "$RELAYAUDIT"; do
	command -v "$tool" >/dev/null 2>&1 || skip_all "there is no $tool"
done
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
lists=$PWD/tests/queue
HOME=$work XDG_CONFIG_HOME=$work TZ=UTC0
export HOME XDG_CONFIG_HOME TZ
cd "$work" || exit 99

# run ARGUMENT...: sets status; what is said goes to $work/out and $work/err.
run() {
	timeout 120 "$RELAYAUDIT" queue "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
}

# is WHAT FOUND WANTED
is() { [ "$2" = "$3" ] || echo "$1: $2, and not $3"; }

# counts WANTED: messages/own/not judged/strangers'/their recipients/held/bounces/not understood
counts() {
	is counts "$(jq -r '.queue | [.messages, .own, .not_judged, .strangers.messages, .strangers.recipients, .strangers.held,
		.bounces.messages, .lines_not_understood] | join("/")' "$work/out" 2>&1)" "$1"
}

# says FILTER WANTED
says() { is "$1" "$(jq -c "$1" "$work/out" 2>&1)" "$2"; }

# would DOES WANTED: the commands of that kind for strangers' mail, with blanks between.
would() {
	is "would $1" "$(jq -r --arg does "$1" '.queue.commands[] | select(.does == $does and .kind == "strangers") | .command' "$work/out" | paste -s -d ';' -)" "$2"
}

# Each server

for list in "$lists"/*.listing; do
	name=${list##*/}
	run -o json -d example.org "$list"
	judge "${name%.listing}: counts are exact" "$(counts "$(cat "${list%.listing}.counts")"; is status "$status" 1; cat "$work/err")"
done

cat "$lists"/*.listing >"$work/mixed"
run -o json -d example.org "$work/mixed"
judge 'listings of all servers in one: the sum of them' "$(
	counts "$(cat "$lists"/*.counts | awk -F / '{ for (i = 1; i <= NF; i++) sum[i] += $i } END { for (i = 1; i <= NF; i++) printf "%s%d", (i > 1 ? "/" : ""), sum[i] }')"
)"

run -o json -d example.org "$lists/postfix.listing"
judge 'commands of Postfix' "$(
	would hold 'postsuper -h BF66C65 -h 372FB6E -h A12D976 -h BE7F47A'
	would remove 'postsuper -d BF66C65 -d 372FB6E -d A12D976 -d BE7F47A'
	says '[.verdict, .findings[].id]' '["open","strangers-queued","backscatter"]'
)"
run -o json -d example.org "$lists/exim.listing"
judge 'commands of Exim' "$(would hold 'exim -Mf 0t5C6f-0000c8-00 1xX4jN-000041-2q 1xX4jO-000045-13 1xX4jP-00004E-2h')"
run -o json -d example.org "$lists/sendmail.listing"
judge 'commands of sendmail' "$(
	would hold 'sendmail -Qrelayaudit -qI6ARMmBHb000092;sendmail -Qrelayaudit -qI6ARMmBLB000095;sendmail -Qrelayaudit -qI6ARMmCJG000101'
	is removes "$(jq -r '.queue.commands[] | select(.does == "remove") | .command' "$work/out" | head -n 1)" "find /var/spool/mqueue -type f -name '?f6ARMmBHb000092' -delete"
)"
run -o json -d example.org "$lists/opensmtpd.listing"
judge 'commands of OpenSMTPD: of envelopes, and not those to own domains' "$(
	would remove 'smtpctl remove d52cd7c17f31b572;smtpctl remove 01a83721337d1db6;smtpctl remove 01a837215174cecb;smtpctl remove e6e2569689dbde17;smtpctl remove f1ef09e7234d7c22;smtpctl remove f5ef09e7234d7c22'
)"
run -o json -d example.org "$lists/qmail.listing"
judge 'commands of qmail' "$(
	would stop 'svc -d /service/qmail-send'
	is removes "$(jq -r '.queue.commands[] | select(.does == "remove" and .kind == "strangers") | .command' "$work/out" | tr -dc ' 0-9\n' | xargs)" '12345 12346 12351 12354 12355'
)"
run -o json -d example.org "$lists/sendmail-groups.listing"
judge "commands of sendmail for directories of their own, and for a directory's parts" "$(
	would remove "find /var/spool/mqueue/q1 -type f -name '?f6AS90nVE000096' -delete"
	is removes "$(jq -r '.queue.commands[] | select(.does == "remove" and .kind == "bounce") | .command' "$work/out")" "find /var/spool/mqueue/q2 -type f -name '?f6AS90nAs000099' -delete"
)"

# Whose

run -o json "$lists/postfix.listing"
judge 'no own domain: nothing is told apart' "$(is status "$status" 3; counts 5/0/5/0/0/0/0/0; says .queue.commands '[]')"
run -o json -d probe.example.net "$lists/postfix.listing"
judge 'mail to and from an own domain' "$(is status "$status" 0; counts 5/5/0/0/0/0/0/0)"
run -o json --relay-domain .example.net -d example.org "$lists/postfix.listing"
judge 'a domain that is passed on' "$(is status "$status" 0; counts 5/5/0/0/0/0/0/0)"
sed 's/"deferred"/"hold"/' "$lists/postfix-json.listing" >"$work/held"
run -o json -d example.org "$work/held"
judge 'all of it held: less grave' "$(is status "$status" 0; counts 5/0/0/4/5/4/1/0; says '.findings[0].severity' '"low"')"

# Ways in

timeout 60 "$RELAYAUDIT" queue -o json -d example.org - <"$lists/exim.listing" >"$work/out" 2>"$work/err"
judge 'standard input' "$(counts "$(cat "$lists/exim.counts")")"

# A machine that has nothing but these.
mkdir "$work/bin"
printf '#!/bin/sh\n[ "$*" = -j ] || exit 9\ncat "%s"\n' "$lists/postfix-json.listing" >"$work/bin/postqueue"
chmod +x "$work/bin/postqueue"
PATH=$work/bin:$PATH run -o json -d example.org --mta postfix
judge "the server's own command" "$(counts "$(cat "$lists/postfix-json.counts")"; says '.queue.sources[0].makes' '"postfix"')"
printf '#!/bin/sh\necho "postqueue: fatal: the mail system is down" >&2\nexit 69\n' >"$work/bin/postqueue"
PATH=$work/bin:$PATH run -o json -d example.org --mta postfix
judge 'a command that fails: could not tell, and why' "$(is status "$status" 3; grep -q 'status 69: postqueue: fatal: the mail system is down' "$work/out" || cat "$work/out")"
printf '#!/bin/sh\nexit 0\n' >"$work/bin/postqueue"
PATH=$work/bin:$PATH run -o json -d example.org --mta postfix
judge 'a command that lists nothing: nothing waits' "$(is status "$status" 0; says .verdict '"closed"')"
# Of three listings: what waits, what is quarantined, what is lost.
awk -v RS='MSP Queue' -v dir="$work" 'NR > 1 { printf "%s%s", RS, $0 >(dir "/mailq." NR - 1) }' "$lists/sendmail-quarantined.listing"
cat >"$work/bin/mailq" <<END
#!/bin/sh
case "\$*" in -v) cat "$work/mailq.1" ;; '-v -qQ') cat "$work/mailq.2" ;; '-v -qL') cat "$work/mailq.3" ;; *) exit 9 ;; esac
END
chmod +x "$work/bin/mailq"
PATH=$work/bin:$PATH run -o json -d example.org --mta sendmail
judge 'sendmail is asked for what is quarantined and lost as well' "$(
	counts "$(cat "$lists/sendmail-quarantined.counts")"
	is sources "$(jq -r '.queue.sources[].name' "$work/out" | sed "s,$work/bin/,," | paste -s -d , -)" 'mailq -v,mailq -v -qQ,mailq -v -qL'
)"
rm "$work/mailq.2"
PATH=$work/bin:$PATH run -o json -d example.org -d probe.example.net -d .probe.example.net --mta sendmail
judge 'what is quarantined cannot be listed: could not tell' "$(is status "$status" 3)"
run -o json -d example.org --mta postfx
judge 'a server that is none: wrong usage' "$(is status "$status" 2; grep -q "'postfix' meant" "$work/err" || cat "$work/err")"
run -d example.org --mta postfix "$lists/postfix.listing"
judge 'a file and a server: wrong usage' "$(is status "$status" 2)"

# Rotten ones

: >"$work/nothing"
run -o json -d example.org "$work/nothing"
judge 'an empty file: could not tell' "$(is status "$status" 3; says .verdict '"inconclusive"')"
head -c 100000 /dev/urandom >"$work/noise"
run -o json -d example.org "$work/noise"
judge 'noise: could not tell' "$(is status "$status" 3; says .queue.commands '[]'; cat "$work/err")"

for list in "$lists"/*.listing; do
	name=${list##*/}
	size=$(wc -c <"$list")
	judge "${name%.listing}, cut off anywhere: told, and never nothing found" "$(
		for part in 3 7 11 17; do
			head -c $((size * part / 20 - 1)) "$list" >"$work/torn"
			run -o json -d probe.example.net -d example.org -d .probe.example.net -d elsewhere.example -d mail.example.net "$work/torn"
			is "status at $part" "$status" 3
			run -o json -d example.org "$work/torn"
			[ "$status" -eq 1 ] || is "status at $part" "$status" 3
		done
	)"
done
sed '/Requests/d' "$lists/postfix.listing" >"$work/endless"
run -o json -d probe.example.net "$work/endless"
judge 'a listing without its end' "$(is status "$status" 3)"
sed 's/in 5 Requests/in 6 Requests/' "$lists/postfix.listing" >"$work/fewer"
run -o json -d probe.example.net "$work/fewer"
judge 'a listing that shows fewer than it says' "$(is status "$status" 3)"

# words SENTENCE [STATUS]: what a file of these words comes to, of which none may come to nothing found.
words() {
	cat >"$work/words"
	run -o json -d example.org -d probe.example.net -d .probe.example.net "$work/words"
	judge "$1" "$(is status "$status" "${2:-3}"; [ "${2:-3}" -ne 3 ] || says .verdict '"inconclusive"')"
}

words 'Postfix: may not look' <<'END'
postqueue: fatal: User alice(1000) is not allowed to view the mail queue
END
words 'Postfix: its queue without its permissions' <<'END'
postqueue: fatal: Connect to the Postfix showq service: Permission denied
END
words 'Exim: may not look' <<'END'
exim: permission denied
END
words 'OpenSMTPD: may not look' <<'END'
smtpctl: need root privileges
END
words 'sendmail: may not look' <<'END'
MTA Queue status...
can not chdir(/var/spool/mqueue/): Permission denied
END
words 'qmail: may not look' <<'END'
fatal: unable to chdir: Permission denied
END
words 'an empty queue, and what waits behind' <<'END'
Mail queue is empty
A12D976         489 Fri Nov 27 22:46:53  s6@probe.example.net
                                         v1@probe.example.net
END
words 'an empty queue in another language' <<'END'
La file d'attente est vide
END
words 'a command that is not there' <<'END'
bash: mailq: command not found
END
words 'an empty queue of Postfix' 0 <<'END'
Mail queue is empty
END
words 'empty queues of sendmail' 0 <<'END'
MSP Queue status...
/var/spool/mqueue-client is empty
		Total requests: 0
MTA Queue status...
/var/spool/mqueue is empty
		Total requests: 0
END
words 'sendmail: more than it prints' <<'END'
		/var/spool/mqueue (7 requests, only 1 printed)
-----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------
6AS90qgb000118       25 Sat Nov 28 09:00 <alice@example.org>
					 <v9@probe.example.net>
		Total requests: 7
END
words 'sendmail: a directory that says it has some, and shows none' <<'END'
		/var/spool/mqueue (2 requests)
-----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------
END
words 'a name of the day and month in another language' <<'END'
-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
A12D976         489 ven. nov. 27 22:46:53  s6@elsewhere.example
                                         v1@elsewhere.example

-- 0 Kbytes in 1 Request.
END
sed -n 's/<s9@probe/<s9@elsewhere/p' "$lists/qmail.listing" >"$work/none"
words 'no recipients' <"$work/none"
words 'OpenSMTPD: half a line' <<'END'
5588699a06dd7645|inet4|mta||s2@elsewhere.example|v2@else
END
words 'Exim: numbers only, as -bpc prints them' <<'END'
9
END
words 'Exim: its summary' <<'END'
Count  Volume  Oldest  Newest  Domain
-----  ------  ------  ------  ------
    3    14KB      2d     10m  elsewhere.example
---------------------------------------------------------------
    3    14KB      2d     10m  TOTAL
END
words 'JSON that is no queue' <<'END'
{"queue_name": "deferred", "queue_id": "A1", "sender": null, "recipients": []}
{}
[]
END

# A sender that looks like something else is still whose it is.
cat >"$work/guise" <<'END'
 0m   541 1xXE7X-00004Q-1v <"a@example.org> (x) *** frozen ***"@elsewhere.example>
          v1@elsewhere.example

 0m   541 1xXE7X-00004R-1v <"a@example.org> (x)"@elsewhere.example> (www-data) *** frozen ***
          v1@elsewhere.example

 0m   541 1xXE7X-00004S-1v <> (Debian-exim)
          v1@elsewhere.example

END
run -o json -d example.org "$work/guise"
judge "Exim: a sender in the guise of one's own, or of a held message" "$(counts 3/0/0/2/2/1/1/0)"
cat >"$work/guise" <<'END'
		/var/spool/mqueue (2 requests)
-----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------
6AS90o0H000103       25 Sat Nov 28 09:00 <"aaaaaaaaaaaaaaaaaaaaaaaa@example.org>
                 (Deferred: Connection refused by sink.probe.example.net.)
					 <"aaaaaaaaaaaaaaaaaaaaaaa@example.org>
6AS90o0H000104       25 Sat Nov 28 09:00 alice
					 aaaaaaaaaaaaaaaaaaaaaaaaaa@example.org
		Total requests: 2
END
run -o json -d example.org "$work/guise"
judge "sendmail: an address that is cut where one's own domain ends" "$(is status "$status" 3; counts 2/1/1/0/0/0/0/0)"

cat >"$work/shell" <<'END'
-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
A$(reboot)      489 Fri Nov 27 22:46:53  s6@probe.example.net
                                         v1@probe.example.net

-rf             489 Fri Nov 27 22:46:53  s6@probe.example.net
                                         v1@probe.example.net

;reboot;        489 Fri Nov 27 22:46:53  s6@probe.example.net
                                         v1@probe.example.net

A12D976         489 Fri Nov 27 22:46:53  `reboot`@probe.example.net
                                         $(reboot)@probe.example.net

{"queue_name": "deferred", "queue_id": "A;reboot", "arrival_time": 1, "sender": "a@b.example", "recipients": [{"address": "c@d.example"}]}
{"queue_name": "deferred", "queue_id": "A1", "queue_id": "A2", "arrival_time": 1, "sender": "a@b.example", "recipients": [{"address": "c@d.example"}]}
		/var/spool/mq;reboot (1 request)
6ARMmBHb000092       25 Fri Nov 27 22:48 <s1@probe.example.net>
					 <v1@probe.example.net>
		Total requests: 1
27 Nov 2026 22:48:11 GMT  #1;reboot  678  <s1@probe.example.net>  bouncing
	remote	v1@probe.example.net
END
run -o json -d example.org "$work/shell"
judge 'hostile names become no words of a shell' "$(
	is status "$status" 1
	jq -r '.queue.commands[].command' "$work/out" | grep -n "[^0-9A-Za-z/ .?'-]\|reboot"
	would hold 'postsuper -h A12D976;sendmail -Qrelayaudit -qI6ARMmBHb000092'
)"

printf '\033[31m%s\n' 'A12D976' >"$work/escape"
sed 's/s1@probe/\x1b]0;x\x07@probe/' "$lists/postfix.listing" >>"$work/escape"
run -d example.org "$work/escape"
judge 'escapes in a listing stay out of the report' "$(! LC_ALL=C grep -n '[^ -~]' "$work/out" "$work/err")"

awk 'BEGIN { printf "{\"queue_name\": \"deferred\", \"queue_id\": \"A1\", \"arrival_time\": 1795819613, \"sender\": \"a@b.example\", \"recipients\": ["
	for (i = 0; i < 10000; i++) printf "%s{\"address\": \"r%d@d.example\", \"delay_reason\": \"connect to d.example[192.0.2.53]:25: Connection refused\"}", (i ? ", " : ""), i
	print "]}" }' >"$work/many"
run -o json -d example.org "$work/many"
judge 'ten thousand recipients of one message' "$(counts 1/0/0/1/10000/0/0/0)"

if python3 -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null; then
	judge 'reports fit their schema, as documents and as lines' "$(
		for list in "$work/mixed" "$work/noise" "$work/shell"; do
			timeout 60 "$RELAYAUDIT" queue -d example.org -o json=json -o ndjson=ndjson "$list" >"$work/out" 2>&1 </dev/null
			python3 "$top/tests/report/validate.py" "$top/docs/relayaudit-report-1.schema.json" whole json 2>&1
			python3 "$top/tests/report/validate.py" "$top/docs/relayaudit-report-1.schema.json" stream ndjson json 2>&1
		done
	)"
	run -o json -d example.org "$work/mixed"
	judge 'the schema is strict about what waits' "$(python3 "$top/tests/report/validate.py" "$top/docs/relayaudit-report-1.schema.json" strict "$work/out" 2>&1)"
else
	pass_over 'reports fit their schema' 'python3 has no jsonschema that knows the draft 2020-12'
fi

COLUMNS=80 run -d example.org "$lists/postfix.listing" "$lists/sendmail.listing"
judge 'the text report fits 80 columns, but for names that are longer' "$(awk 'length > 80 && !/aaaaaaaaaa/ { print FILENAME ": " $0 }' "$work/out")"

done_judging
