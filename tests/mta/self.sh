#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# self.sh: part of make check-mta. relayaudit self beside a real Postfix and a real Exim that
# trust 203.0.0.0/8 where one office was meant: one report has to say it from the
# configuration, from a client that the server was made to believe in, and from the log.
#
# Environment: RELAYAUDIT, RELAYAUDIT_PROBEDIR, RELAYAUDIT_LAB, as for run.sh.
#
# Needs root. Runs in namespaces of its own, as run.sh does.

set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=apart.sh
. "$here/apart.sh"

outer() {
	apart_needs jq
	apart 'postfix vantage-exim'
}

# server MTA LAYER: its root, with the configuration of the MTA's name in map/.
server() {
	root=$(lab_root "$1" "$(lower "$2"):$(lower base)") || return 1
	server_log=$root/var/log/lab.log
	ip netns exec server unshare --mount --uts --ipc --pid --fork --kill-child \
		chroot "$root" sh /lab/init.sh map "$1" >"$work/$1.out" 2>&1 </dev/null &
	server_pid=$!
	tries=300
	while [ ! -e "$root/run/lab-started" ]; do
		kill -0 "$server_pid" 2>/dev/null && [ "$tries" -gt 0 ] || return 1
		tries=$((tries - 1))
		sleep 0.2
	done
	net_listening server 25 30 "$server_pid"
}

server_away() {
	kill -KILL "$server_pid" 2>/dev/null
	wait "$server_pid" 2>/dev/null
}

# has_program NAME: what stands before a command that finds the server's files, and this program, where the server has them.
has_program() {
	mkdir -p "$work/bin"
	: >"$work/bin/asked"
	printf '#!/bin/sh\necho "$*" >>"%s"\nexec chroot "%s" "%s" "$@"\n' "$work/bin/asked" "$root" "$1" >"$work/bin/$1"
	cat >"$work/bin/at-home" <<-END
		#!/bin/sh
		mount --bind "$root/etc" /etc && mount --bind "$root/var/lib" /var/lib && PATH="$work/bin:\$PATH" exec "\$@"
	END
	chmod 755 "$work/bin"/*
}

# self NAME OPTION...: leaves NAME.json and NAME.text.  Exim's, as on its own machine; Postfix's, from beside its root.
self() {
	name=$1
	shift
	case $each in
	exim:*) set -- unshare --mount "$work/bin/at-home" timeout 300 "$RELAYAUDIT" self "$@" ;;
	*) set -- timeout 300 "$RELAYAUDIT" self --root "$root" --queue "$work/queue" "$@" ;;
	esac
	ip netns exec server env HOME="$work" "$@" --domain example.org --local-user alice --log "$server_log" \
		-o "json=$work/$name.json" -o "text=$work/$name.text" >"$work/$name.out" 2>&1 </dev/null
	echo $? >"$work/$name.status"
	[ -s "$work/$name.json" ] || echo '{}' >"$work/$name.json"
}

# holds NAME FILTER TEXT
holds() {
	jq -e "$2" "$work/$1.json" >"$work/held" 2>&1
	check $? "$3" || {
		show 'what holds' "$work/held"
		show 'the report' "$work/$1.text"
		show "relayaudit's output" "$work/$1.out"
		show "the server's log" "$server_log"
	}
}

# within COMMAND...: beside the server, in its root and its namespaces.
within() { nsenter -t "$(pgrep -P "$server_pid" | head -n 1)" --all --root --wd "$@"; }

# A stranger's message goes through the mask, and arrives.
leak() {
	say near ''
	check $? "$1: a stranger of 203.0.0.0/8 relays" || show 'what swaks said' "$work/say.log"
	came "${token:?}.*[0-9]" 60
	check $? "$1: and the message arrives"
}

# One more of the stranger's messages is taken, and kept from going on.
wait_in_queue() {
	within postconf -e defer_transports=smtp
	within postfix reload >"$work/reload.out" 2>&1
	say near ''
	check $? 'postfix: one more of them is taken' || show 'what swaks said' "$work/say.log"
	tries=0
	until within postqueue -j >"$work/queue" && grep -q '"queue_name": *"deferred"' "$work/queue" || [ "$tries" -ge 100 ]; do
		tries=$((tries + 1))
		within sleep 0.1
	done
}

has_grant='.grants | map(select(.network == "203.0.0.0/8" and .in_force)) | length == 1'
bears_out='.findings | map(select(.id == "trust-oversized" and (.evidence | join(" ")
	| test("203.0.0.0/8") and test("the scan bears it out: the client 203.0.0.1 ") and test("the log bears it out: 1 strangers. message ")))) | length == 1'
let_in='.findings | map(select(.id == "strangers-mail" and .severity == "critical" and (.evidence | join(" ") | test(" let in 1 of the messages: .*203.0.0.0/8")))) | length == 1'
named='.findings | map(select(.id == "relay" and .vantage != null)) | length > 0 and all(.evidence | join(" ") | test(" lets it in: .*203.0.0.0/8"))'

# tells MTA: the hole, from three sides.
tells() {
	touch "$work/before"
	self "$1"
	[ "$(cat "$work/$1.status")" = 1 ]
	check $? "$1: exits with 1"
	holds "$1" '.run.command == "self" and .verdict == "open"' "$1: is open"
	holds "$1" "$has_grant" "$1: the configuration grants 203.0.0.0/8"
	holds "$1" "$bears_out" "$1: scan and log bear out the grant"
	holds "$1" "$named" "$1: what was accepted names the grant"
	holds "$1" "$let_in" "$1: strangers' mail names the grant that let it in"
	holds "$1" '.mail.strangers | .messages == 1 and .clients == {"203.0.113.7": 1}' "$1: the log's one message is counted"
	holds "$1" '[.vantages[] | select(.name == "stranger" and .verdict == "closed")] | length == 1' "$1: a stranger is refused"
	holds "$1" '[.vantages[] | select(.expect == "relay" and .verdict == "closed")] | length == 0' "$1: whom it trusts rightly, it lets relay"
	find "$root/etc" -newer "$work/before" ! -type d >"$work/changed"
	[ ! -s "$work/changed" ]
	check $? "$1: nothing in /etc was changed" || show 'what was changed' "$work/changed"
}

# asks_program MTA PROGRAM WORDS: read as this machine's own, its program is asked.
asks_program() {
	has_program "$2"
	unshare --mount "$work/bin/at-home" "$RELAYAUDIT" config --mta "$1" >"$work/asked.text" 2>"$work/asked.out" </dev/null
	grep -q "$3" "$work/asked.text" && [ -s "$work/bin/asked" ]
	check $? "$1: its own program is asked for what no file holds" || { show 'the report' "$work/asked.text" && show "relayaudit's output" "$work/asked.out"; }
}

postfix_tells() {
	within postqueue -p >"$work/queue"
	asks_program postfix postconf "Postfix $(chroot "$root" postconf -dh mail_version)"
	leak postfix
	wait_in_queue
	tells postfix
	holds postfix '.queue.strangers.messages == 1 and ([.findings[].id] | index("strangers-queued") != null)' 'postfix: what waits in its queue is told'
	within postconf -e 'mynetworks = 192.168.0.0/24, 127.0.0.0/8'
	within postsuper -d ALL >"$work/reload.out" 2>&1
	within postqueue -p >"$work/queue"
	within postfix reload >"$work/reload.out" 2>&1
	self mended
	holds mended '[.findings[].id] | index("relay") == null and index("trust-oversized") == null and index("strangers-mail") != null' \
		'postfix: mended, only the log still tells of it'
	within sed -i '/^127.0.0.1:1002[567]/,/^[^ ]/ { /^127.0.0.1:1002[567]/d; /^ /d }' /etc/postfix/master.cf
	within postfix reload >"$work/reload.out" 2>&1
	grep 'Relay access denied' "$server_log" >"$work/refusals.log"
	whole_log=$server_log
	server_log=$work/refusals.log
	self unasked
	holds unasked '.verdict == "inconclusive" and ([.findings[] | select(.id == "scan-incomplete") | .evidence | join(" ")] | join(" ") | test("XCLIENT to nobody"))' \
		'postfix: that nobody could ask as a stranger, it is not called closed'
	server_log=$whole_log
	HOME=$work ip netns exec server setpriv --reuid 65534 --regid 65534 --clear-groups timeout 300 "$RELAYAUDIT" self --root "$root" \
		--domain example.org -o json >"$work/nobody.json" 2>"$work/nobody.out" </dev/null
	holds nobody '.run.command == "self" and ([.findings[] | select(.id == "scan-incomplete") | .evidence | join(" ")] | join(" ") | test("seen by root only"))' \
		'postfix: without root it says what it could not see'
}

exim_tells() {
	asks_program exim exim4 '^  config.autogenerated:[0-9]'
	leak exim
	tells exim
	sed -i "s,^dc_relay_nets=.*,dc_relay_nets='192.168.0.0/24 ; 127.0.0.0/8'," "$root/etc/exim4/update-exim4.conf.conf"
	within update-exim4.conf
	: >"$server_log"
	self mended
	holds mended '.verdict == "closed" and ([.vantages[] | select(.expect == "deny" and .verdict == "closed")] | length > 0)' \
		'exim: mended, and with a new log, it is closed, as a stranger found'
	[ "$(cat "$work/mended.status")" = 0 ]
	check $? 'exim: and exits with 0'
}

inner() {
	mount -t tmpfs -o mode=755 lab-run /run
	work=/run/lab
	mkdir "$work"
	printf '%s\n' "${LAB_ROOTS:?}" >"$work/lower"
	hostname probe.example.net
	: "${passed:=0}" "${failed:=0}" "${server_log:=}"
	for part in tap net world truth; do
		# shellcheck source=/dev/null
		. "$here/$part.sh"
	done
	{ net_up && world_up; } || {
		show 'DNS' "$work/dns.log"
		echo 'Bail out! the network could not be built'
		exit 1
	}
	for each in postfix:postfix exim:vantage-exim; do
		if server "${each%:*}" "${each#*:}"; then
			"${each%:*}_tells"
		else
			check 1 "${each%:*} starts" || show "the server's output" "$work/${each%:*}.out"
		fi
		server_away
	done
	echo "1..$((passed + failed))"
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}

if [ "${1:-}" = --inside ]; then
	inner
else
	outer
fi
