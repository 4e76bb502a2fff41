#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# config.sh [MTA[/CASE]]...: part of make check-mta. Configurations of real servers, and what
# each says to dozens of clients in each of them; relayaudit, which reads the same files, has
# to say the same.
#
# A case is a file config/MTA/NAME.case: a comment, and sections "== FILE" with lines for that
# file of the server, and "== clients" for more of these than config/clients has. How a server
# is prepared, written and asked stands in config/MTA.sh, as these functions:
#   config_prepare            once, with the server's root in $root
#   config_write CASE         the case's files into the root; its clients are in $work/clients
#   config_ask                what the server says: "CLIENT permit|reject|defer|broken TEXT" a line
#   config_log                the name of the server's log
#   config_options            words for relayaudit, "--mta exim"
#
# Environment: RELAYAUDIT, RELAYAUDIT_LAB, as for run.sh; CONFIG_SHARE (1): without arguments,
# one case in so many.
#
# Needs root. Runs in namespaces of its own, as run.sh does.

set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=apart.sh
. "$here/apart.sh"

# outer MTA [CASE]...
outer() {
	apart_needs jq
	apart "$1" "$@"
}

# A machine whose addresses are known.
prepare() {
	ip link set lo up
	ip addr add 192.0.2.25/24 dev lo
	ip addr add 2001:db8:25::25/64 dev lo nodad
	root=$(lab_root server "$(lower "$mta"):$(lower base)") || return 1
	# Nodes that are mounted cannot be removed by what runs there; those of the machine itself could.
	mount -t tmpfs -o mode=755 lab-dev "$root/dev"
	for node in null zero full random urandom; do
		: >"$root/dev/$node"
		mount --bind "/dev/$node" "$root/dev/$node"
	done
	config_prepare
}

# section CASE FILE: the lines of one file of a case.
section() { awk -v wanted="$2" '/^== / { on = $2 == wanted; next } on' "$here/config/$mta/$1.case"; }

# sections CASE: the names of its files.
# shellcheck disable=SC2317 # called by config/MTA.sh
sections() { sed -n 's/^== \(.*\)/\1/p' "$here/config/$mta/$1.case" | grep -vx clients; }

write_case() {
	grep . "$here/config/clients" >"$work/clients"
	section "$1" clients >>"$work/clients"
	config_write "$1"
}

# relayaudit_says: "CLIENT ANSWER WHY" a line.
relayaudit_says() {
	set --
	while read -r client; do set -- "$@" --client "$client"; done <"$work/clients"
	# shellcheck disable=SC2046 # words
	(cd / && timeout 60 "$RELAYAUDIT" config --root "$root" $(config_options) --own-address 127.0.0.1/8 --own-address ::1/128 \
		--own-address 192.0.2.25/24 --own-address 2001:db8:25::25/64 -o json "$@") >"$work/report.json" 2>"$work/report.err"
	jq -r '.clients[] | .address + (if .name then "=" + .name else "" end) + " " + .answer + " " + (.by // "") + " " + (.why // "")' \
		"$work/report.json"
}

# Both, a line a client: what each says, and whether that is the same.
compare() {
	awk '
		FNR == NR {
			said[$1] = $2
			line[$1] = $0
			next
		}
		{
			seen++
			verdict = $2 == said[$1] ? "same" : $2 == "unknown" ? "unknown" : "DIFFERS"
			print verdict, $1, "the server: " line[$1], "relayaudit: " $0
		}
		END { if (seen == 0 || seen != length(said)) print "DIFFERS", seen + 0, "of", length(said), "clients were answered" }
	' "$work/said.server" "$work/said.relayaudit" >"$work/compared" || echo DIFFERS they could not be compared >>"$work/compared"
}

# All cases of the server, or one in CONFIG_SHARE of them: into $cases.
choose() {
	number=0
	cases=
	for file in "$here/config/$mta"/*.case; do
		file=${file##*/}
		[ "$((number % CONFIG_SHARE))" -ne 0 ] || cases="$cases ${file%.case}"
		number=$((number + 1))
	done
	# shellcheck disable=SC2086 # names
	set -- $cases
	[ "$CONFIG_SHARE" -eq 1 ] || echo "# $mta: $# of $number configurations; all of them: make check-mta MTA=config"
}

one() {
	[ -f "$here/config/$mta/$1.case" ] || {
		check 1 "config/$mta/$1: there is such a case"
		return
	}
	write_case "$1"
	config_ask >"$work/said.server"
	relayaudit_says >"$work/said.relayaudit"
	compare
	same=$((same + $(grep -c '^same ' "$work/compared")))
	unknown=$((unknown + $(grep -c '^unknown ' "$work/compared")))
	differs=$((differs + $(grep -c '^DIFFERS ' "$work/compared")))
	! grep '^DIFFERS ' "$work/compared" >"$work/wrong"
	check $? "config/$mta/$1: $(sed -n '1s/^# //p' "$here/config/$mta/$1.case")" || {
		show 'where they differ' "$work/wrong"
		show "relayaudit's words" "$work/report.err"
		show "the server's log" "$(config_log)"
	}
	! grep '^unknown ' "$work/compared" >"$work/wrong" || show 'unknown' "$work/wrong"
	rm -f "$(config_log)"
}

# inner MTA [CASE]...
inner() {
	mount -t tmpfs -o mode=755 lab-run /run
	work=/run/lab
	mkdir "$work"
	printf '%s\n' "${LAB_ROOTS:?}" >"$work/lower"
	hostname mail.example.org
	: "${passed:=0}" "${failed:=0}" "${CONFIG_SHARE:=1}"
	mta=$1 cases=
	shift
	for part in tap world "config/$mta"; do
		# shellcheck source=/dev/null
		. "$here/$part.sh"
	done
	prepare || {
		echo 'Bail out! the server could not be prepared'
		exit 1
	}
	cases=$*
	[ $# -ne 0 ] || choose
	same=0 unknown=0 differs=0
	for case in $cases; do one "$case"; done
	[ "$((same + differs))" -gt 0 ] && [ "$((unknown * 20))" -le "$((same + unknown + differs))" ]
	check $? "$mta: relayaudit answers 95 % of the questions: $same the same, $unknown unknown, $differs not"
	echo "1..$((passed + failed))"
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}

if [ "${1:-}" = --inside ]; then
	shift
	inner "$@"
	exit
fi
status=0
if [ $# -eq 0 ]; then
	for server in "$here"/config/*.sh; do set -- "$@" "$(basename "$server" .sh)"; done
fi
for wanted; do
	case $wanted in
	*/*) (outer "${wanted%%/*}" "${wanted#*/}") ;;
	*) (outer "$wanted") ;;
	esac || { said=$? && [ "$said" -eq 77 ] || status=1; }
done
exit "$status"
