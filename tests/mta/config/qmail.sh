# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# config/qmail.sh: a case's files stand where their names say, with the usual script and control
# files where it has none. What is called tcp.* is compiled by tcprules, and before that what is
# called so with .before behind it; what ends in .after replaces the file when all is compiled, and
# is not compiled itself. A line's end <CR> or <BLANK> is such a byte. "== removed" names files that are taken away at the end,
# "== cdb FILE" holds the keys of a compiled list of domains.
#
# The script is run by a real shell, and what it would start is told by a tcpserver that writes
# down its words and its environment. tcprulescheck says what tcpserver would do for each client,
# and the words behind the port are run in the environment that comes out of that: env, envdir
# and rblsmtpd are real, and qmail-smtpd is qmaild.py. A few clients without a name then connect
# to the real tcpserver; it has to say the same.
# Sourced by config.sh.
: "${root:=}" "${work:?}"

config_log() { echo "$root/var/log/lab.log"; }
config_options() { echo --mta qmail; }

config_prepare() {
	# Each address is this machine's, so that any may connect.
	ip route add local 0.0.0.0/0 dev lo || return 1
	mv "$root/usr/bin/tcpserver" "$root/usr/bin/tcpserver.real"
	cat >"$root/usr/bin/tcpserver" <<-'END'
		#!/bin/sh
		[ -n "$LAB_TOLD" ] || exec tcpserver.real "$@"
		for word; do printf '%s\0' "$word"; done >"$LAB_TOLD"
		env -0 >"$LAB_TOLD.env"
	END
	mkdir -p "$root/var/qmail/bin"
	printf '#!/bin/sh\nexec python3 /lab/qmail/qmaild.py /var/qmail/control session\n' >"$root/var/qmail/bin/qmail-smtpd"
	chmod 755 "$root/usr/bin/tcpserver" "$root/var/qmail/bin/qmail-smtpd"
	# Nobody has a name, and it says so at once: tcpserver waits long for who does not answer.
	ip addr add 192.0.2.53/24 dev lo
	chroot "$root" dnsmasq --keep-in-foreground --user=root --pid-file= --no-resolv --no-hosts '--address=/#/' --bind-interfaces \
		--listen-address=192.0.2.53 >"$work/dns.log" 2>&1 &
}

# put CASE SECTION PATH
put() {
	case $3 in
	/etc/* | /service/* | /var/qmail/*) ;;
	*) return 1 ;;
	esac
	mkdir -p "$root${3%/*}"
	section "$1" "$2" | sed 's/<CR>$/\r/; s/<BLANK>$/ /' >"$root$3"
}

config_write() {
	rm -rf "$root/service" "$root"/etc/tcp.* "$root/etc/qmail" "$root/var/qmail/control"
	mkdir -p "$root/service/qmail-smtpd" "$root/var/qmail/control"
	echo mail.example.org >"$root/var/qmail/control/me"
	echo example.org >"$root/var/qmail/control/rcpthosts"
	printf '#!/bin/sh\nexec tcpserver -R -l 0 -x /etc/tcp.smtp.cdb 0 25 /var/qmail/bin/qmail-smtpd\n' >"$root/service/qmail-smtpd/run"
	sections "$1" >"$work/sections"
	while read -r name rest; do
		case $name in
		removed) ;;
		cdb)
			put "$1" "$name $rest" "$rest"
			chroot "$root" tcprules "$rest" "$rest.tmp" <"$root$rest" 2>>"$(config_log)"
			;;
		*) put "$1" "$name" "$name" ;;
		esac
	done <"$work/sections"
	chmod 755 "$root/service/qmail-smtpd/run"
	# The old rules first; their text goes.
	{
		grep -E '^/.*/tcp\.[^/]*\.before$' "$work/sections"
		grep -E '^/.*/tcp\.[^/]*$' "$work/sections" | grep -Ev '\.(before|after|cdb)$'
	} | while read -r name; do
		rules=${name%.before}
		chroot "$root" tcprules "$rules.cdb" "$rules.tmp" <"$root$name" 2>>"$(config_log)"
		[ "$rules" = "$name" ] || rm -f "$root$name"
		rm -f "$root$rules.tmp"
	done
	grep '\.after$' "$work/sections" | while read -r name; do mv "$root$name" "$root${name%.after}"; done
	section "$1" removed | while read -r name; do rm -f "$root${name:?}"; done
}

config_ask() { chroot "$root" python3 /lab/config/ask-qmail.py <"$work/clients" 2>>"$(config_log)"; }
