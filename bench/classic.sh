#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# classic.sh HELO ADDRESS PORT...
#
# The loop over swaks that people write: the 17 tests of the old web testers, each up to RCPT, at ports of a server
# of example.org's.  Prints "open" at the first that is accepted; "closed" when something was refused at MAIL or RCPT
# and nothing accepted; else "none".  Runs beside swaks, in the lab (accuracy.sh).

set -u

helo=$1 address=$2
shift 2
own=example.org stranger=probe.example.net
case $address in
*:*) family=-6 ;;
*) family=-4 ;;
esac
literal="[$address]"

# ask SENDER RECIPIENT
ask() {
	tls=
	[ "$port" != 465 ] || tls=--tls-on-connect
	# shellcheck disable=SC2086 # an option, or none
	swaks "$family" --server "$address" --port "$port" $tls --helo "$helo" --timeout 30 --quit-after RCPT \
		--from "$1" --to "$2" >/dev/null 2>&1 </dev/null
	case $? in
	0) echo open && exit ;;
	23 | 24) said=closed ;;
	esac
}

said=none
for port; do
	ask "relaytest@$stranger" "victim@$stranger"
	ask relaytest "victim@$stranger"
	ask '<>' "victim@$stranger"
	ask "relaytest@$own" "victim@$stranger"
	ask "relaytest@$literal" "victim@$stranger"
	ask "relaytest@$own" "victim%$stranger@$own"
	ask "relaytest@$own" "victim%$stranger@$literal"
	ask "relaytest@$own" "\"victim@$stranger\""
	ask "relaytest@$own" "\"victim%$stranger\""
	ask "relaytest@$own" "victim@$stranger@$own"
	ask "relaytest@$own" "\"victim@$stranger\"@$own"
	ask "relaytest@$own" "victim@$stranger@$literal"
	ask "relaytest@$own" "@$own:victim@$stranger"
	ask "relaytest@$own" "@$literal:victim@$stranger"
	ask "relaytest@$own" "$stranger!victim"
	ask "relaytest@$own" "$stranger!victim@$own"
	ask "relaytest@$own" "$stranger!victim@$literal"
done
echo "$said"
