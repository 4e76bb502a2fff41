# shellcheck shell=sh
# shellcheck disable=SC2154 # they are those of config.sh
# SPDX-License-Identifier: Apache-2.0
#
# config/opensmtpd.sh: a case's smtpd.conf stands behind a few lines of our own; what else it
# names is a table in /etc. Each client is a real connection: every address is one of the
# machine's, but only those of its interfaces are known to smtpd as such. Sourced by config.sh.

config_log() { echo "$root/var/log/smtpd.log"; }
config_options() { echo --mta opensmtpd; }

config_prepare() {
	ip route add local 0.0.0.0/0 dev lo
	ip -6 route add local ::/0 dev lo
	ip addr del 192.0.2.25/24 dev lo
	ip addr add 192.0.2.25/32 dev lo
	# Names of clients come from here, and from nowhere else.
	printf 'lookup file\n' >"$root/etc/resolv.conf"
	cp "$root/etc/hosts" "$work/hosts"
	cp "$root/etc/smtpd.conf" "$work/smtpd.conf.debian"
}

# A file of the case's own name is the whole of it.
config_write() {
	rm -f "$root/etc/smtpd.conf" "$root"/etc/smtpd.d/*
	mkdir -p "$root/etc/smtpd.d"
	# No connection comes from these, nor from a link that there is none of.
	grep -vx -e 0.0.0.0 -e 255.255.255.255 -e fe80::1 "$work/clients" >"$work/clients.real"
	mv "$work/clients.real" "$work/clients"
	for file in $(sections "$1"); do
		case $file in
		smtpd.conf)
			printf 'table aliases file:/etc/aliases\naction "relay" relay\naction "local" maildir alias <aliases>\n'
			section "$1" smtpd.conf | grep -q '^listen' || printf 'listen on 192.0.2.25\nlisten on 2001:db8:25::25\n'
			;;
		esac >"$root/etc/$file"
		section "$1" "$file" >>"$root/etc/$file"
		[ "$file" != whole.conf ] || mv "$root/etc/$file" "$root/etc/smtpd.conf"
	done
}

up() { ss -Hltn 'sport = :25' | grep -q .; }

# A server that does not start is broken.
config_ask() {
	chroot "$root" smtpd -dv >"$(config_log)" 2>&1 </dev/null &
	smtpd=$!
	tries=200
	until up; do
		kill -0 "$smtpd" 2>/dev/null || break
		[ "$tries" -gt 0 ] || break
		tries=$((tries - 1))
		sleep 0.05
	done
	if up; then
		python3 "$here/config/sources.py" 192.0.2.25 2001:db8:25::25 "$work/hosts" "$root/etc/hosts" <"$work/clients"
	else
		sed 's/$/ 000 OpenSMTPD did not start/' "$work/clients"
	fi | awk '{
		code = $2
		$2 = code == "000" || code == "451" ? "broken" : code ~ /^2/ ? "permit" : code ~ /^5/ ? "reject" : "defer"
		$2 = $2 " " code
		print
	}'
	kill "$smtpd" 2>/dev/null
	wait "$smtpd" 2>/dev/null
	tries=200
	while up && [ "$tries" -gt 0 ]; do
		tries=$((tries - 1))
		sleep 0.05
	done
}
