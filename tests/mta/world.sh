# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# The outside world: DNS, and a sink that takes all mail for anybody.
: "${work:?}" "${here:?}"

# Where run.sh has written down which directory is which root.
lower() { sed -n "s/^$1 //p" "$work/lower"; }

# lab_root NAME LOWER: a writable root over finished layers, with this directory
# at /lab. Prints its path.
lab_root() (
	dir=$work/$1
	mkdir -p "$dir/upper" "$dir/work" "$dir/root"
	mount -t overlay overlay \
		-o "lowerdir=$2,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
	mount --bind "$here" "$dir/root/lab"
	mount -o remount,bind,ro "$dir/root/lab"
	mount -t proc proc "$dir/root/proc"
	echo "$dir/root"
)

lab_root_away() {
	umount -R "$work/$1/root"
	rm -rf "${work:?}/$1"
}

dns_up() {
	inside world chroot "$world" dnsmasq --keep-in-foreground \
		--conf-file=/etc/dnsmasq.lab >"$work/dns.log" 2>&1 &
	net_listening world 53 20 $!
}

# By what it is: the background process above is a shell's, and dnsmasq its child.
dns_down() {
	for pid in $(ip netns pids world); do
		if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dnsmasq ]; then kill "$pid"; fi
	done
	tries=50
	while ip netns exec world ss -Hltn 'sport = :53' | grep -q .; do
		[ "$tries" -gt 0 ] || return 1
		tries=$((tries - 1))
		sleep 0.1
	done
}

# dns_more FILE: DNS with a configuration's own lines; with an empty file, without.
dns_more() {
	cmp -s "$1" "$world/etc/dnsmasq.more" && return 0
	dns_down || return 1
	cat "$1" >"$world/etc/dnsmasq.more"
	# A name from the list would go before a ptr-record for the same address.
	sed -n 's/^ptr-record=\([0-9]*\)\.\([0-9]*\)\.\([0-9]*\)\.\([0-9]*\)\.in-addr.*/^\4[.]\3[.]\2[.]\1 /p' \
		"$1" >"$work/dns.own"
	grep -v -f "$work/dns.own" "$world/etc/hosts.all" >"$world/etc/hosts.lab"
	dns_up
}

world_up() {
	world=$(lab_root world "$(lower base)")
	world_zone
	dns_up || return 1
	inside world chroot "$world" python3 /lab/sink.py /var/sink \
		>"$work/sink.log" 2>&1 &
	net_listening world 25 20 $! || return 1
	if [ "${mode:-}" = full ] && [ "${LAB_CONFIRM:-1}" = 1 ]; then proof_up || return 1; fi
	# Clients on this machine's root ask the lab's DNS, too. The file may be a link
	# into the /run that is not there.
	settings=$(readlink -m /etc/resolv.conf)
	if [ ! -e "$settings" ]; then
		mkdir -p "${settings%/*}"
		: >"$settings"
	fi
	mount --bind "$world/etc/resolv.conf" /etc/resolv.conf
}

# The sink that relayaudit itself believes, for the test messages of scan --confirm:
# it takes mail for confirm.example.net, and only what a scan with its key has made.
proof_up() {
	inside proof env HOME="$work" "$RELAYAUDIT" sink --listen any:25 \
		--domain confirm.example.net --store "$work/proof.ndjson" --key "$work/proof.key" \
		>"$work/proof.log" 2>&1 </dev/null &
	net_listening proof 25 20 $!
}

# Names that exist; whatever is not here does not. An address's PTR names the
# first name of its line.
world_zone() {
	cat >"$world/etc/hosts.all" <<-'END'
		192.0.2.25 mail.example.org
		2001:db8:25::25 mail.example.org
		192.0.2.53 sink.probe.example.net
		192.0.2.54 sink.confirm.example.net
		2001:db8:53::54 sink.confirm.example.net
		203.0.113.7 near.probe.example.net
		2001:db8:113::7 near.probe.example.net
		198.51.100.66 far.probe.example.net
		2001:db8:66::66 far.probe.example.net
		203.0.113.8 near2.probe.example.net both.probe.example.net
		2001:db8:113::8 near2.probe.example.net both.probe.example.net
		198.51.100.67 far2.probe.example.net both.probe.example.net
		2001:db8:66::67 far2.probe.example.net both.probe.example.net
	END
	cp "$world/etc/hosts.all" "$world/etc/hosts.lab"
	: >"$world/etc/dnsmasq.more"
	cat >"$world/etc/dnsmasq.lab" <<-'END'
		user=root
		no-resolv
		no-hosts
		pid-file=
		bind-interfaces
		address=/#/
		addn-hosts=/etc/hosts.lab
		mx-host=example.org,mail.example.org,10
		mx-host=probe.example.net,sink.probe.example.net,10
		mx-host=confirm.example.net,sink.confirm.example.net,10
		mx-host=example.org.confirm.example.net,sink.confirm.example.net,10
		conf-file=/etc/dnsmasq.more
	END
}
