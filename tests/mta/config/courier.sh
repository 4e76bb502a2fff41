# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# config/courier.sh: a case's files stand below /etc/courier, where their names say; where it has
# none, those of the package are taken. A line's end <CR> or <BLANK> is such a byte, and <OPEN> at the end of the
# last line takes away its end. "== run" holds commands; without it the rules and the domains are compiled. What ends in .after
# replaces the file when that is done.
#
# Each client is this machine: it connects from its own address to the real couriertcpd.
# Sourced by config.sh.
: "${root:=}" "${work:?}"

config_log() { echo "$root/var/log/lab.log"; }
config_options() { echo --mta courier; }

config_prepare() {
	# Each address is this machine's, so that any may connect.
	ip route add local 0.0.0.0/0 dev lo || return 1
	ip -6 route add local ::/0 dev lo || return 1
	cp -a "$root/etc/courier" "$work/package"
	# The sender's domain is there; nobody has a name, and it says so at once.
	ip addr add 192.0.2.53/24 dev lo
	chroot "$root" dnsmasq --keep-in-foreground --user=root --pid-file= --no-resolv --no-hosts '--address=/#/' --address=/example.net/192.0.2.99 \
		--address=/example.com/192.0.2.98 --bind-interfaces --listen-address=192.0.2.53 >"$work/dns.log" 2>&1 &
	chroot "$root" install -d -o root -g courier -m 775 /run/courier
}

# put CASE SECTION PATH
put() {
	mkdir -p "$root/etc/courier/$(dirname "$3")"
	section "$1" "$2" | sed 's/<CR>$/\r/; s/<BLANK>$/ /' >"$root/etc/courier/$3"
	! grep -q '<OPEN>$' "$root/etc/courier/$3" || {
		sed -i 's/<OPEN>$//' "$root/etc/courier/$3"
		truncate -s -1 "$root/etc/courier/$3"
	}
}

config_write() {
	# No connection ever comes from these.
	grep -vx -e 0.0.0.0 -e 255.255.255.255 "$work/clients" >"$work/clients.some"
	mv "$work/clients.some" "$work/clients"
	rm -rf "$root/etc/courier"
	cp -a "$work/package" "$root/etc/courier"
	rm -f "$root/etc/courier/smtpaccess.dat" "$root/etc/courier/esmtpacceptmailfor.dat"
	sections "$1" >"$work/sections"
	! grep -q '^smtpaccess/' "$work/sections" || rm -f "$root/etc/courier/smtpaccess/default"
	while read -r name; do
		case $name in
		run | *.after) ;;
		*) put "$1" "$name" "$name" ;;
		esac
	done <"$work/sections"
	section "$1" run >"$work/run"
	[ -s "$work/run" ] || printf 'makesmtpaccess\nmakeacceptmailfor\n' >"$work/run"
	# The answer to an error is not delayed, and many may ask.
	printf 'TARPIT=0\nMAXDAEMONS=40\nMAXPERC=40\nMAXPERIP=40\n' >>"$root/etc/courier/esmtpd"
	chroot "$root" sh -s <"$work/run" >>"$(config_log)" 2>&1
	grep '\.after$' "$work/sections" | while read -r name; do put "$1" "$name" "${name%.after}"; done
}

config_ask() {
	chroot "$root" esmtpd start >>"$(config_log)" 2>&1
	chroot "$root" python3 /lab/config/ask_own.py <"$work/clients" 2>>"$(config_log)"
	asked=$?
	chroot "$root" esmtpd stop >>"$(config_log)" 2>&1
	return "$asked"
}
