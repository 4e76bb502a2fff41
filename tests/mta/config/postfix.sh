# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# config/postfix.sh: a case's main.cf stands behind a few lines of our own; what else it names
# is a table in /etc/postfix. Postfix is asked by XCLIENT, on a listener of its own.
# Sourced by config.sh.
# shellcheck disable=SC2154 # root and work are config.sh's

config_log() { echo "$root/var/log/postfix.log"; }
config_options() { echo --mta postfix; }

config_prepare() {
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

config_write() {
	find "$root/etc/postfix" -maxdepth 1 -type f ! -name 'master.cf' ! -name 'dynamicmaps.cf' ! -name 'postfix-*' ! -name 'post-install' -delete
	cat >"$root/etc/postfix/main.cf" <<-'END'
		compatibility_level = 3.6
		myhostname = mail.example.org
		mydestination = example.org, localhost
		smtpd_peername_lookup = no
		maillog_file = /var/log/postfix.log
	END
	for file in $(sections "$1"); do section "$1" "$file" >>"$root/etc/postfix/$file"; done
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

# A server that does not come up is broken.
config_ask() {
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
	fi | awk '{
		code = $2
		$2 = code == "000" || code == "451" ? "broken" : code ~ /^2/ ? "permit" : code ~ /^5/ ? "reject" : "defer"
		$2 = $2 " " code
		print
	}'
	kill "$master" 2>/dev/null
	wait "$master" 2>/dev/null
	tries=100
	while listening && [ "$tries" -gt 0 ]; do
		tries=$((tries - 1))
		sleep 0.05
	done
}
