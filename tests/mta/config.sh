#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# config.sh [CASE...]: part of make check-mta. Configurations of a real Postfix, and what it
# says to dozens of clients in each of them; relayaudit, which reads the same files, has to
# say the same.
#
# A case is a file config/postfix/NAME.case: a comment, and sections "== FILE" with lines for
# main.cf (behind a few of our own), tables in /etc/postfix, and "== clients" for more of these
# than config/clients has. Postfix is asked by XCLIENT, on a listener of its own.
#
# Environment: RELAYAUDIT, RELAYAUDIT_LAB, as for run.sh.
#
# Needs root. Runs in namespaces of its own, as run.sh does.

set -u

here=$(cd "$(dirname "$0")" && pwd)
RELAYAUDIT=${RELAYAUDIT:-relayaudit}
export RELAYAUDIT

skip() {
	echo "1..0 # SKIP $*"
	exit 77
}

outer() {
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	for tool in unshare ip jq debootstrap apt-get flock timeout; do
		command -v "$tool" >/dev/null || skip "$tool is missing"
	done
	unshare --mount --net --uts --ipc --pid --fork true 2>/dev/null || skip 'no namespaces here'
	grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || skip 'no overlayfs here'
	command -v "$RELAYAUDIT" >/dev/null || skip "no program $RELAYAUDIT"
	sh "$here/lab.sh" build postfix || exit 1
	exec 7>>"${RELAYAUDIT_LAB:-/var/cache/relayaudit-lab}/use.lock"
	flock -s 7
	LAB_ROOTS=$(sh "$here/lab.sh" lower base postfix)
	export LAB_ROOTS
	trap 'kill -KILL "$child" 2>/dev/null; exit 130' INT TERM HUP
	setpriv --pdeathsig KILL \
		unshare --mount --net --uts --ipc --pid --fork --kill-child --mount-proc sh "$0" --inside "$@" &
	child=$!
	wait "$child"
}

# A listener for us alone, and a machine whose addresses are known.
prepare() {
	ip link set lo up
	ip addr add 192.0.2.25/24 dev lo
	ip addr add 2001:db8:25::25/64 dev lo nodad
	root=$(lab_root server "$(lower postfix):$(lower base)") || return 1
	mount --bind /dev "$root/dev"
	# The queue's directories, once.
	chroot "$root" postfix check >"$work/check" 2>&1
	# What smtpd asks, and no more.
	awk '$8 ~ /^(cleanup|trivial-rewrite|proxymap|anvil|postlogd)$/' "$root/etc/postfix/master.cf" >"$work/master.cf"
	cat >>"$work/master.cf" <<-'END'
		127.0.0.1:10025 inet n - n - - smtpd
		  -o smtpd_authorized_xclient_hosts=0.0.0.0/0,[::]/0
		  -o smtpd_hard_error_limit=100000 -o smtpd_soft_error_limit=100000
		  -o { smtpd_error_sleep_time = 0 } -o { in_flow_delay = 0 }
	END
	cp "$work/master.cf" "$root/etc/postfix/master.cf"
}

# write_case CASE: its files into the root; its clients to $work/clients.
write_case() {
	find "$root/etc/postfix" -maxdepth 1 -type f ! -name 'master.cf' ! -name 'dynamicmaps.cf' ! -name 'postfix-*' ! -name 'post-install' -delete
	cat >"$root/etc/postfix/main.cf" <<-'END'
		compatibility_level = 3.6
		myhostname = mail.example.org
		mydestination = example.org, localhost
		smtpd_peername_lookup = no
		maillog_file = /var/log/postfix.log
	END
	grep . "$here/config/clients" >"$work/clients"
	awk -v root="$root/etc/postfix/" -v clients="$work/clients" '
		/^== / { to = $2 == "clients" ? clients : root $2; next }
		to != "" { print >>to }' "$here/config/postfix/$1.case"
	for table in "$root"/etc/postfix/*; do
		case ${table##*/} in
		main.cf | master.cf | *.cf | postfix-* | post-install | *.db) continue ;;
		esac
		if [ -f "$table" ] && grep -qE "(hash|btree):/etc/postfix/${table##*/}" "$root/etc/postfix/main.cf" &&
			! grep -qE "texthash:/etc/postfix/${table##*/}" "$root/etc/postfix/main.cf"; then
			chroot "$root" postmap "hash:/etc/postfix/${table##*/}" >>"$work/postmap" 2>&1
		fi
	done
}

listening() { ss -Hltn 'sport = :10025' | grep -q .; }

# postfix_says: "CLIENT CODE TEXT" a line; a server that does not come up says 000.
postfix_says() {
	rm -f "$root/var/spool/postfix/pid/master.pid"
	chroot "$root" /usr/lib/postfix/sbin/master -c /etc/postfix >"$work/master.out" 2>&1 </dev/null &
	master=$!
	tries=100
	until listening; do
		kill -0 "$master" 2>/dev/null || break
		[ "$tries" -gt 0 ] || break
		tries=$((tries - 1))
		sleep 0.05
	done
	if listening; then
		chroot "$root" python3 /lab/config/ask.py 10025 4 <"$work/clients"
	else
		sed 's/$/ 000 Postfix did not start/' "$work/clients"
	fi
	kill "$master" 2>/dev/null
	wait "$master" 2>/dev/null
	tries=100
	while listening && [ "$tries" -gt 0 ]; do
		tries=$((tries - 1))
		sleep 0.05
	done
}

# relayaudit_says: "CLIENT ANSWER WHY" a line.
relayaudit_says() {
	set --
	while read -r client; do set -- "$@" --client "$client"; done <"$work/clients"
	(cd / && "$RELAYAUDIT" config --root "$root" --own-address 127.0.0.1/8 --own-address ::1/128 --own-address 192.0.2.25/24 \
		--own-address 2001:db8:25::25/64 -o json "$@") >"$work/report.json" 2>"$work/report.err"
	jq -r '.clients[] | .address + (if .name then "=" + .name else "" end) + " " + .answer + " " + (.by // "") + " " + (.why // "")' \
		"$work/report.json"
}

# Both, a line a client: what each says, and whether that is the same.
compare() {
	awk '
		FNR == NR {
			code = $2
			said[$1] = code == "000" || code == "451" ? "broken" : code ~ /^2/ ? "permit" : code ~ /^5/ ? "reject" : "defer"
			line[$1] = $0
			next
		}
		{
			seen++
			verdict = $2 == said[$1] ? "same" : $2 == "unknown" ? "unknown" : "DIFFERS"
			print verdict, $1, "Postfix: " line[$1], "relayaudit: " $0
		}
		END { if (seen != length(said)) print "DIFFERS", seen + 0, "of", length(said), "clients were answered" }
	' "$work/postfix" "$work/relayaudit" >"$work/compared"
}

inner() {
	mount -t tmpfs -o mode=755 lab-run /run
	work=/run/lab
	mkdir "$work"
	printf '%s\n' "${LAB_ROOTS:?}" >"$work/lower"
	hostname mail.example.org
	: "${passed:=0}" "${failed:=0}" "${CONFIG_SHARE:=1}"
	for part in tap world; do
		# shellcheck source=/dev/null
		. "$here/$part.sh"
	done
	prepare || {
		echo 'Bail out! the server could not be prepared'
		exit 1
	}
	if [ $# -eq 0 ]; then
		number=0
		for file in "$here"/config/postfix/*.case; do
			file=${file##*/}
			[ "$((number % CONFIG_SHARE))" -ne 0 ] || set -- "$@" "${file%.case}"
			number=$((number + 1))
		done
		[ "$CONFIG_SHARE" -eq 1 ] || echo "# $# of $number configurations; all of them: make check-mta MTA=config"
	fi
	same=0 unknown=0 differs=0
	for case; do
		write_case "$case"
		postfix_says >"$work/postfix"
		relayaudit_says >"$work/relayaudit"
		compare
		same=$((same + $(grep -c '^same ' "$work/compared")))
		unknown=$((unknown + $(grep -c '^unknown ' "$work/compared")))
		differs=$((differs + $(grep -c '^DIFFERS ' "$work/compared")))
		! grep '^DIFFERS ' "$work/compared" >"$work/wrong"
		check $? "config/$case: $(sed -n '1s/^# //p' "$here/config/postfix/$case.case")" || {
			show 'where they differ' "$work/wrong"
			show "relayaudit's words" "$work/report.err"
			show "Postfix's log" "$root/var/log/postfix.log"
		}
		rm -f "$root/var/log/postfix.log"
	done
	[ "$((unknown * 20))" -le "$((same + unknown + differs))" ]
	check $? "relayaudit answers 95 % of the questions: $same the same, $unknown unknown, $differs not" || show 'unknown' "$work/compared"
	echo "1..$((passed + failed))"
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}

if [ "${1:-}" = --inside ]; then
	shift
	inner "$@"
else
	outer "$@"
fi
