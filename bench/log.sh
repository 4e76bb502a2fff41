#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# log.sh
#
# A made Postfix log (maillog.c), read by relayaudit log, in turn in one run with those
# who only count a word (grep, and ripgrep where it is installed) and, on a tenth of it,
# with pflogsumm. What is found has to be what was put in. And the memory of a log whose
# messages never end. Times are the processor's, since other programs run beside.
#
# Environment: LOG_MEGABYTES (1000), RUNS (3; the median counts); RELAYAUDIT, MAILLOG and
# MEASURED, which "make bench" sets.
#
# Ends with 1 when a goal is missed.

set -u

bench=$(cd "$(dirname "$0")" && pwd)
: "${LOG_MEGABYTES:=1000}" "${RUNS:=3}" "${RELAYAUDIT:=relayaudit}" "${MAILLOG:?}" "${MEASURED:?}"

# shellcheck source=figures.sh
. "$bench/figures.sh"

need jq pflogsumm gzip "$RELAYAUDIT" "$MAILLOG" "$MEASURED"
work=$(mktemp -d) || die 'there is no room'
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
HOME=$work XDG_CONFIG_HOME=$work TZ=UTC0 LC_ALL=C
export HOME XDG_CONFIG_HOME TZ LC_ALL

"$MAILLOG" "$LOG_MEGABYTES" >"$work/mail.log" 2>"$work/made" || die 'no log could be made'
wanted=$(sed -n 's/^relayed \([0-9]*\) .*/\1/p' "$work/made")
tenth=$((LOG_MEGABYTES / 10 + 1))
"$MAILLOG" "$tenth" >"$work/tenth.log" 2>/dev/null || die 'no log could be made'
awk 'BEGIN { for (i = 0; i < 2000000; i++) printf "Jan  1 00:00:00 mx postfix/smtpd[1]: %09X1: client=a[198.51.%d.%d]\nJan  1 00:00:00 mx postfix/qmgr[1]: %09X1: from=<sender-of-a-length-that-is-not-short-at-all-%d@a-domain-of-some-length.example>, size=1, nrcpt=1 (queue active)\n", i, i / 256 % 256, i % 256, i, i }' >"$work/endless.log"

# ours FILE
ours() {
	measure "$RELAYAUDIT" log -o "json=$work/report" -d example.com -d example.org -d .example.com -d .example.org \
		--own-network 10.20.0.0/16 --own-network 192.0.2.0/26 --own-network 2001:db8:10::/48 "$1"
}

: >"$work/ours" && : >"$work/grep" && : >"$work/rg" && : >"$work/peaks"
for _ in $(seq "$RUNS"); do
	ours "$work/mail.log"
	found=$(jq .mail.strangers.messages "$work/report")
	[ "$found" = "$wanted" ] || die "$found messages were found, and $wanted were put in"
	echo "$cpu" >>"$work/ours"
	echo "$peak" >>"$work/peaks"
	measure grep -c status=sent "$work/mail.log"
	echo "$cpu" >>"$work/grep"
	if command -v rg >/dev/null; then
		measure rg -c --no-mmap status=sent "$work/mail.log"
		echo "$cpu" >>"$work/rg"
	fi
done
ours "$work/tenth.log"
small=$cpu
measure pflogsumm "$work/tenth.log"
theirs=$cpu
gzip -1 -c "$work/tenth.log" >"$work/tenth.gz"
before=$(jq -c '.mail | del(.sources)' "$work/report")
ours "$work/tenth.gz"
[ "$(jq -c '.mail | del(.sources)' "$work/report")" = "$before" ] || die 'the packed log says something else'
ours "$work/endless.log"
endless=$peak

mine=$(median <"$work/ours") grep=$(median <"$work/grep") top=$(sort -n "$work/peaks" | tail -n 1)
machine 2>/dev/null
cat "$work/made"
echo "relayaudit $mine ms, $(reckon "$LOG_MEGABYTES / $mine" 2) GB/s; grep -c $grep ms; pflogsumm, a tenth, $theirs ms, relayaudit $small ms"
[ ! -s "$work/rg" ] || echo "ripgrep $(median <"$work/rg") ms: $(reckon "$(median <"$work/rg") / $mine" 2) of its speed"
goal "as fast as grep -c; $(reckon "$grep / $mine" 2) of its speed" "$mine <= $grep"
goal "90 times as fast as pflogsumm; $(reckon "$theirs / ($small + 0.1)")" "$theirs >= 90 * $small"
goal "64 MiB at most; $(reckon "$top / 1024" 1) MiB, and $(reckon "$endless / 1024" 1) MiB for messages that never end" "$top <= 65536 && $endless <= 65536"
[ "$missed" -eq 0 ]
