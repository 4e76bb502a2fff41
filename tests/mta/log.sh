#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# log.sh [MTA/CONFIGURATION]...
#
# make check-mta MTA=log: real mail servers that relay for anybody. Strangers' mail is
# sent through each of them, and its own log is read back: messages, recipients and
# clients have to be what the sink caught, and refusals what was refused.
#
# Environment and needs: as run.sh, which starts the servers, and this script again
# beside each of them. LOG_MESSAGES (0): so many more messages from each client to each
# server that relays, of one to three recipients, four connections at a time.

set -u

here=$(cd "$(dirname "$0")" && pwd)
: "${RELAYAUDIT:=relayaudit}" "${LOG_MESSAGES:=0}" "${world:=}" "${log:=}"
export RELAYAUDIT LOG_MESSAGES

outer() {
	[ "$(id -u)" -eq 0 ] || { echo '1..0 # SKIP needs root' && exit 77; }
	[ $# -gt 0 ] || set -- postfix/everybody exim/relay-anyone sendmail/promiscuous opensmtpd/any-for-any exim/default
	parts=$(mktemp -d)
	results=$parts/all
	trap 'rm -rf "$parts"' EXIT
	# Each waits for pauses, in a world of its own.
	for config; do
		SHELL=$here/log.sh LOG_CONFIG=$config sh "$here/run.sh" --shell "$config" >"$parts/$(echo "$config" | tr / =)" 2>&1 </dev/null &
	done
	wait
	for config; do cat "$parts/$(echo "$config" | tr / =)"; done >"$results"
	# SKIP of a machine without namespaces or the cache.
	if grep -q '^1\.\.0 # SKIP' "$results"; then
		grep -m 1 '^1\.\.0 # SKIP' "$results"
		exit 77
	fi
	awk '/^(not )?ok [0-9]* - log:/ || /^#   / { sub(/ok [0-9]*/, "ok " (/^(not )?ok/ ? ++count : "")); print }
		/^ok [0-9]* - log:/ { good++ } /^not ok [0-9]* - log:/ { bad++ }
		END { print "1.." count + 0; print good + 0 " passed, " bad + 0 " failed" }' "$results" >"$results.all"
	cat "$results.all"
	wanted=$#
	told=$(grep -c '^ok\|^not ok' "$results.all")
	if [ "$told" -ne "$wanted" ]; then
		sed 's/^/# /' "$results" | tail -n 40
		exit 1
	fi
	! grep -q '^not ok' "$results"
}

# say NAMESPACE FROM TO[,TO]
say() {
	ip netns exec "$1" chroot "$world" swaks --timeout 60 --server 192.0.2.25 --helo "$1.probe.example.net" \
		--from "$2" --to "$3" --suppress-data </dev/null >/dev/null 2>&1
}

# volley NAMESPACE FIRST: LOG_MESSAGES messages, whose recipients' numbers begin with FIRST.
volley() {
	ip netns exec "$1" chroot "$world" python3 - "$1" "$2" "$LOG_MESSAGES" <<-'END'
		import smtplib, sys, threading
		name, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

		def send(part):
		    client = None
		    for i in range(part, count, 4):
		        # A connection for ten messages, as servers count what one of them sends.
		        if client is None:
		            client = smtplib.SMTP("192.0.2.25", 25, name + ".probe.example.net", timeout=120)
		        to = ["v%d@probe.example.net" % (first + 3 * i + n) for n in range(1 + i % 3)]
		        client.sendmail("s%d@probe.example.net" % i, to, "Subject: %d\r\n\r\nx\r\n" % i)
		        if i // 4 % 10 == 9:
		            client.quit()
		            client = None
		    if client is not None:
		        client.quit()

		threads = [threading.Thread(target=send, args=(part,)) for part in range(4)]
		for thread in threads:
		    thread.start()
		for thread in threads:
		    thread.join()
	END
}

# Recipients of one volley: one, two and three by turns.
volley_recipients() { echo $(((LOG_MESSAGES - LOG_MESSAGES % 3) * 2 + (LOG_MESSAGES % 3 > 0) + 2 * (LOG_MESSAGES % 3 > 1))); }

# The recipients at the outside domain that the sink has.
caught() { cat "$world"/var/sink/* 2>/dev/null | grep -a '^X-Sink' | grep -ao 'v[0-9][0-9]*@probe\.example\.net' | sort -u | wc -l; }

read_log() {
	"$RELAYAUDIT" log -o json -d example.org "$log" 2>/dev/null |
		jq -c '.mail | {m: .strangers.messages, r: .strangers.recipients, c: .strangers.clients, d: .denied.total, n: .lines_not_understood}'
}

# Waits until the sink and the log have all, or for a minute and more.
settle() {
	tries=$((120 + LOG_MESSAGES))
	while [ "$tries" -gt 0 ]; do
		if [ "$(caught)" = "$1" ] && [ "$(read_log)" = "$2" ]; then return 0; fi
		tries=$((tries - 1))
		sleep 0.2
	done
	return 1
}

inner() {
	say near s1@probe.example.net v1@probe.example.net
	say near s2@probe.example.net v2@probe.example.net
	for i in 3 5 7; do say far "s$i@probe.example.net" "v$i@probe.example.net,v$((i + 1))@probe.example.net"; done
	say far s9@probe.example.net alice@example.org
	case $LOG_CONFIG in
	*/default) count=0 wanted='{"m":0,"r":0,"c":{},"d":8,"n":0}' ;;
	*)
		if [ "$LOG_MESSAGES" -gt 0 ]; then
			volley near 100000 &
			volley far 200000
			wait "$!"
		fi
		count=$((8 + 2 * $(volley_recipients)))
		wanted=$(printf '{"m":%d,"r":%d,"c":{"198.51.100.66":%d,"203.0.113.7":%d},"d":0,"n":0}' \
			$((5 + 2 * LOG_MESSAGES)) "$count" $((3 + LOG_MESSAGES)) $((2 + LOG_MESSAGES)))
		;;
	esac
	if settle "$count" "$wanted"; then
		echo "ok 1 - log: $LOG_CONFIG: the log says what the sink caught"
		return
	fi
	echo "not ok 1 - log: $LOG_CONFIG: the log says what the sink caught"
	echo "#   the sink has $(caught), the log says $(read_log), wanted $wanted"
	tail -n 60 "$log" | sed 's/^/#   /'
}

if [ -n "$world" ] && [ -n "$log" ]; then
	inner
else
	outer "$@"
fi
