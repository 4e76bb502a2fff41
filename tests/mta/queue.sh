#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# queue.sh [MTA/CONFIGURATION]...
#
# make check-mta MTA=queue: real mail servers that relay for anybody, while the sink is
# away: strangers' mail, a bounce and mail of an own domain wait. What the server's own
# listing says is read back; then the commands that relayaudit prints are run, and
# just the strangers' mail has to be held, and gone.
#
# Environment and needs: as run.sh, which starts the servers, and this script again
# beside each of them.

set -u

here=$(cd "$(dirname "$0")" && pwd)
: "${RELAYAUDIT:=relayaudit}" "${world:=}" "${log:=}"
export RELAYAUDIT

outer() {
	[ "$(id -u)" -eq 0 ] || { echo '1..0 # SKIP needs root' && exit 77; }
	[ $# -gt 0 ] || set -- postfix/everybody exim/relay-anyone sendmail/promiscuous opensmtpd/any-for-any
	parts=$(mktemp -d)
	results=$parts/all
	trap 'rm -rf "$parts"' EXIT
	for config; do
		SHELL=$here/queue.sh QUEUE_CONFIG=$config sh "$here/run.sh" --shell "$config" >"$parts/$(echo "$config" | tr / =)" 2>&1 </dev/null &
	done
	wait
	for config; do cat "$parts/$(echo "$config" | tr / =)"; done >"$results"
	# SKIP of a machine without namespaces or the cache.
	if grep -q '^1\.\.0 # SKIP' "$results"; then
		grep -m 1 '^1\.\.0 # SKIP' "$results"
		exit 77
	fi
	awk '/^(not )?ok [0-9]* - queue:/ || /^#   / { sub(/ok [0-9]*/, "ok " (/^(not )?ok/ ? ++count : "")); print }
		/^ok [0-9]* - queue:/ { good++ } /^not ok [0-9]* - queue:/ { bad++ }
		END { print "1.." count + 0; print good + 0 " passed, " bad + 0 " failed" }' "$results" >"$results.all"
	cat "$results.all"
	told=$(grep -c '^ok\|^not ok' "$results.all")
	if [ "$told" -ne $((3 * $#)) ]; then
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

# The sink, by what it is: nobody takes mail any more.
sink_away() {
	for pid in $(ip netns pids world); do
		if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q '^python3 /lab/sink\.py '; then kill "$pid"; fi
	done
}

# The server's own programs, as if they were this machine's.
programs_here() {
	bin=$(mktemp -d)
	for program in postqueue exim4 mailq smtpctl; do
		chroot "$root" sh -c "command -v $program" >/dev/null || continue
		printf '#!/bin/sh\nexec ip netns exec server chroot "%s" %s "$@"\n' "$root" "$program" >"$bin/$program"
		chmod +x "$bin/$program"
	done
}

list() { PATH=$bin:$PATH "$RELAYAUDIT" queue --mta "${QUEUE_CONFIG%/*}" -o json -d example.org 2>/dev/null; }

counts() {
	list | jq -c '.queue | {m: .messages, o: .own, s: .strangers.messages, r: .strangers.recipients, b: .bounces.messages, h: .strangers.held,
		n: (.lines_not_understood + .not_judged), d: .domains}'
}

# settle SENTENCE WANTED: waits until the listing says so, or for half a minute.
settle() {
	number=$((number + 1))
	tries=150
	while [ "$tries" -gt 0 ]; do
		if [ "$(counts)" = "$2" ]; then
			echo "ok $number - queue: $QUEUE_CONFIG: $1"
			return
		fi
		tries=$((tries - 1))
		sleep 0.2
	done
	echo "not ok $number - queue: $QUEUE_CONFIG: $1"
	echo "#   the listing says $(counts), wanted $2"
	list | jq -r '.queue.sources[], .queue.commands[]' | sed 's/^/#   /'
	tail -n 20 "$log" | sed 's/^/#   /'
}

# obey DOES: what relayaudit prints, for strangers' mail and bounces, in the server's world.
obey() {
	list | jq -r --arg does "$1" '.queue.commands[] | select(.does == $does) | .command' |
		ip netns exec server chroot "$root" env PATH="$PATH:/usr/sbin:/sbin" sh >/dev/null 2>&1
}

inner() {
	number=0
	root=${log%/var/log/lab.log}
	sink_away
	programs_here
	say near s1@probe.example.net v1@probe.example.net
	for i in 3 5; do say far "s$i@probe.example.net" "v$i@probe.example.net,v$((i + 1))@probe.example.net"; done
	say far '<>' v7@probe.example.net
	say far alice@example.org v8@probe.example.net
	settle 'the listing says what was sent' '{"m":5,"o":1,"s":3,"r":5,"b":1,"h":0,"n":0,"d":{"probe.example.net":6}}'
	obey hold
	settle 'its commands hold just these' '{"m":5,"o":1,"s":3,"r":5,"b":1,"h":3,"n":0,"d":{"probe.example.net":6}}'
	obey remove
	settle 'its commands remove just these' '{"m":1,"o":1,"s":0,"r":0,"b":0,"h":0,"n":0,"d":{}}'
	rm -rf "$bin"
}

if [ -n "$world" ] && [ -n "$log" ]; then
	inner
else
	outer "$@"
fi
