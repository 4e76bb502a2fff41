#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# image.sh: part of make check-mta. docs/examples/audit-image.sh, as who publishes an image
# would run it: Postfix, in a root that debootstrap made, trusts the container bridge. From the
# configuration that is trust-bridge; forwarded it is closed; masqueraded it is open to the world.
# Without that trust it is closed in both ways, and the image passes.
#
# Environment: RELAYAUDIT, RELAYAUDIT_PROBEDIR, RELAYAUDIT_LAB, as for run.sh.
#
# Needs root. Runs in namespaces of its own, as run.sh does.

set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=apart.sh
. "$here/apart.sh"

outer() {
	apart_needs jq nft
	apart postfix
}

# image NAME NETWORKS COMMAND...: Postfix that trusts these, audited; leaves image-*.json in $work/NAME.
image() {
	name=$1
	mkdir "$work/$1.reports"
	root=$(lab_root "$1" "$(lower postfix):$(lower base)") || return 1
	umount "$root/proc"
	chroot "$root" postconf -e "mynetworks = $2" 'smtpd_error_sleep_time = 0' 'smtpd_soft_error_limit = 1000' 'smtpd_hard_error_limit = 1000' \
		'smtpd_client_connection_rate_limit = 0' maillog_file=/var/log/postfix.log
	shift 2
	(cd "$work/$name.reports" && SUITE=classic timeout 200 sh "$here/../../docs/examples/audit-image.sh" "$root" example.org "$@") >"$work/$name.said" 2>&1
	echo $? >"$work/$name.status"
}

# holds NAME REPORT FILTER TEXT
holds() {
	jq -e "$3" "$work/$1.reports/image-$2.json" >"$work/held" 2>&1
	check $? "$1: $4" || {
		show 'what holds' "$work/held"
		show 'what was said' "$work/$1.said"
	}
}

ends() {
	[ "$(cat "$work/$1.status")" = "$2" ]
	check $? "$1: the audit ends with $2" || {
		show 'its status' "$work/$1.status"
		show 'what was said' "$work/$1.said"
	}
}

inner() {
	mount -t tmpfs -o mode=755 lab-run /run
	work=/run/lab
	mkdir "$work"
	printf '%s\n' "${LAB_ROOTS:?}" >"$work/lower"
	: "${passed:=0}" "${failed:=0}"
	for part in tap world; do
		# shellcheck source=/dev/null
		. "$here/$part.sh"
	done
	image bridge '127.0.0.0/8 172.17.0.0/16' postfix start &
	one=$!
	image narrow '127.0.0.0/8' postfix start &
	other=$!
	image silent '127.0.0.0/8' false
	wait "$one" "$other"
	ends bridge 1
	holds bridge configuration '[.findings[] | select(.id == "trust-bridge" and (.where | test("^main.cf:[0-9]+$")))] | length == 1' 'config says trust-bridge, with its line'
	holds bridge forwarded '.verdict == "closed" and .vantages[0].client_address == "198.51.100.7"' 'a stranger with his own address is refused'
	holds bridge masqueraded '.verdict == "open" and ([.findings[] | select(.id == "relay" and .severity == "critical")] | length == 1)' 'masqueraded, every stranger relays'
	ends narrow 0
	holds narrow configuration '[.findings[].id] | index("trust-bridge") == null' 'config says nothing of a bridge'
	holds narrow forwarded '.verdict == "closed" and .counts.attempts > 10' 'forwarded, it is closed'
	holds narrow masqueraded '.verdict == "closed" and .counts.attempts > 10' 'masqueraded, it is closed, too'
	ends silent 3
	echo "1..$((passed + failed))"
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}

if [ "${1:-}" = --inside ]; then
	inner
	exit
fi
outer
