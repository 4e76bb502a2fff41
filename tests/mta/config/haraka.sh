# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# config/haraka.sh: a case's files stand below /etc/haraka, config/ as its installer makes it but for
# what the case has; "== run" holds commands that come last.
#
# Each client is this machine: it connects from its own address to the real server.
# Sourced by config.sh.
: "${root:=}" "${work:?}"

config_log() { echo "$root/var/log/lab.log"; }
config_options() { echo --mta haraka; }

config_prepare() {
	# Each address is this machine's, so that any may connect.
	ip route add local 0.0.0.0/0 dev lo || return 1
	ip -6 route add local ::/0 dev lo || return 1
	cp -a "$root/etc/haraka" "$work/package"
	# The sender's domain is there; nobody has a name, and it says so at once.
	ip addr add 192.0.2.53/24 dev lo
	chroot "$root" dnsmasq --keep-in-foreground --user=root --pid-file= --no-resolv --no-hosts '--address=/#/' --address=/example.net/192.0.2.99 --mx-host=example.net,mail.example.net,10 \
		--bind-interfaces --listen-address=192.0.2.53 >"$work/dns.log" 2>&1 &
}

config_write() {
	# No connection ever comes from these.
	grep -vx -e 0.0.0.0 -e 255.255.255.255 "$work/clients" >"$work/clients.some"
	mv "$work/clients.some" "$work/clients"
	rm -rf "$root/etc/haraka"
	cp -a "$work/package" "$root/etc/haraka"
	# Its installer lists a plugin (headers) that is a package of its own today.
	sed -i '/^headers$/d' "$root/etc/haraka/config/plugins"
	sections "$1" | while read -r name; do
		[ "$name" != run ] || continue
		mkdir -p "$root/etc/haraka/$(dirname "$name")"
		section "$1" "$name" | sed 's/<CR>$/\r/' >"$root/etc/haraka/$name"
	done
	section "$1" run | chroot "$root" sh -s >>"$(config_log)" 2>&1
}

config_ask() {
	chroot "$root" node /opt/haraka/node_modules/Haraka/bin/haraka -c /etc/haraka >>"$(config_log)" 2>&1 &
	haraka=$!
	chroot "$root" python3 /lab/config/ask_own.py "$haraka" <"$work/clients" 2>>"$(config_log)"
	{
		kill "$haraka"
		wait "$haraka"
	} 2>/dev/null
}
