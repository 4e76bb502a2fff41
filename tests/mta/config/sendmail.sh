# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# config/sendmail.sh: a case's sendmail.mc stands behind a few lines of our own; access,
# relay-domains and local-host-names are those files in /etc/mail, and sendmail.sed changes the
# sendmail.cf that m4 makes. sendmail is asked in real sessions: every address is this machine's, by
# a route, so that a client can have any; and DNS gives a client its name.
# Sourced by config.sh.
# shellcheck disable=SC2154 # root and work are config.sh's

config_log() { echo "$work/sendmail.out"; }
config_options() { echo --mta sendmail; }

config_prepare() {
	ip route add local 0.0.0.0/0 dev lo
	ip -6 route add local ::/0 dev lo
	mkdir -p "$root/run/sendmail/mta" "$root/var/lib/sendmail/host_status"
	# What outside domains and names there are; everything else is not there at once.
	cat >"$root/etc/dnsmasq.lab" <<-'END'
		user=root
		no-resolv
		no-hosts
		pid-file=
		bind-interfaces
		listen-address=192.0.2.53
		address=/#/
		addn-hosts=/etc/hosts.names
		host-record=example.net,198.51.100.25
		host-record=example.com,198.51.100.26
		mx-host=example.net,example.net,10
		mx-host=example.com,example.com,10
	END
}

# The lines of a case's file, if it has that.
put() { if sections "$1" | grep -qxF "$2"; then section "$1" "$2"; else return 1; fi; }

config_write() {
	mail=$root/etc/mail
	rm -f "$mail"/access* "$mail/relay-domains" "$mail/test.mc"
	cat >"$mail/test.mc" <<-'END'
		define(`_USE_ETC_MAIL_')dnl
		include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
		OSTYPE(`debian')dnl
		DOMAIN(`debian-mta')dnl
		undefine(`confHOST_STATUS_DIRECTORY')dnl
		define(`confQUEUE_LA', `1000')dnl
		define(`confREFUSE_LA', `1000')dnl
		define(`confDELAY_LA', `0')dnl
		define(`confTO_IDENT', `0')dnl
		define(`confDELIVERY_MODE', `queueonly')dnl
		FEATURE(`no_default_msa')dnl
		DAEMON_OPTIONS(`Family=inet, Name=MTA, Port=10025, Addr=192.0.2.25')dnl
		DAEMON_OPTIONS(`Family=inet6, Name=MTA-v6, Port=10025, Addr=2001:db8:25::25')dnl
		FEATURE(`use_cw_file')dnl
	END
	put "$1" sendmail.mc >>"$mail/test.mc"
	printf 'MAILER_DEFINITIONS\nMAILER(`local'\'')dnl\nMAILER(`smtp'\'')dnl\n' >>"$mail/test.mc"
	chroot "$root" m4 /etc/mail/test.mc >"$mail/sendmail.cf" 2>"$work/m4.err"
	put "$1" sendmail.sed >"$work/sed" && sed -i -f "$work/sed" "$mail/sendmail.cf"
	put "$1" local-host-names >"$mail/local-host-names" || echo example.org >"$mail/local-host-names"
	put "$1" relay-domains >"$mail/relay-domains" || rm "$mail/relay-domains"
	if put "$1" access >"$mail/access"; then
		type=$(sed -n 's/^Kaccess \([a-z]*\) .*/\1/p' "$mail/sendmail.cf")
		chroot "$root" makemap "${type:-hash}" /etc/mail/access <"$mail/access" >"$work/makemap" 2>&1
	else
		rm "$mail/access"
	fi
	# No client of TCP has these.
	grep -vxE '0\.0\.0\.0|255\.255\.255\.255|192\.0\.2\.255|fe80:.*' "$work/clients" >"$work/clients.real"
	mv "$work/clients.real" "$work/clients"
}

listening() { ss -Hltn "sport = :$1" | grep -q .; }

# await PID PORT: until it listens; 1 where the process ends before, or takes too long.
await() {
	tries=400
	until listening "$2"; do
		kill -0 "$1" 2>/dev/null && [ "$tries" -gt 0 ] || return 1
		tries=$((tries - 1))
		sleep 0.05
	done
}

# end PID PORT: until it does not listen any more.
end() {
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	tries=100
	while listening "$2" && [ "$tries" -gt 0 ]; do
		tries=$((tries - 1))
		sleep 0.05
	done
}

# ask_some CLIENTS: in a world where they have the names that they say, and no others.
ask_some() {
	sed -n 's/^\([^=]*\)=\(.*\)/\1 \2/p' "$1" | grep -v ' localhost$' >"$root/etc/hosts.names"
	chroot "$root" dnsmasq --keep-in-foreground --conf-file=/etc/dnsmasq.lab >"$work/dns.log" 2>&1 &
	names=$!
	await "$names" 53 || return 1
	chroot "$root" /usr/sbin/sendmail-mta -bD >"$work/sendmail.out" 2>&1 </dev/null &
	server=$!
	if await "$server" 10025; then
		chroot "$root" python3 /lab/config/ask_from.py 192.0.2.25 2001:db8:25::25 10025 20 /var/spool/mqueue <"$1"
	else
		sed 's/$/ 000 sendmail did not start/' "$1"
	fi
	end "$server" 10025
	end "$names" 53
	find "$root/var/spool/mqueue" -type f -delete
}

# Those without a name, then those with one: an address may be in both.
config_ask() {
	grep -v '=' "$work/clients" >"$work/clients.bare"
	grep '=' "$work/clients" >"$work/clients.named"
	{
		ask_some "$work/clients.bare"
		ask_some "$work/clients.named"
	} | awk '{
		code = $2
		$2 = code == "000" || code == "451" ? "broken" : code ~ /^2/ ? "permit" : code ~ /^5/ ? "reject" : "defer"
		$2 = $2 " " code
		print
	}'
}
