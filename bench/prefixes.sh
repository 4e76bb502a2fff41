#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# prefixes.sh
#
# A million networks: read, joined and counted, beside iprange (Debian), which knows
# IPv4 only, in turn in one run; both have to come to the same number.
#
# Environment: PREFIXES (1000000), RUNS (5; the median counts); PREFIXES_TOOL and MEASURED, which "make bench" sets.
#
# Ends with 1 when a goal is missed.

set -u

bench=$(cd "$(dirname "$0")" && pwd)
: "${PREFIXES:=1000000}" "${RUNS:=5}" "${PREFIXES_TOOL:?}" "${MEASURED:?}"

# shellcheck source=figures.sh
. "$bench/figures.sh"

need iprange "$PREFIXES_TOOL" "$MEASURED"
work=$(mktemp -d) || die 'there is no room'
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

"$PREFIXES_TOOL" make "$PREFIXES" >"$work/four"
"$PREFIXES_TOOL" make "$PREFIXES" 30 >"$work/both"
: >"$work/ours" && : >"$work/theirs" && : >"$work/mixed" && : >"$work/peaks"
for _ in $(seq "$RUNS"); do
	measure "$PREFIXES_TOOL" count "$work/four"
	count=$(cat "$work/out")
	echo "$wall" >>"$work/ours"
	echo "$peak" >>"$work/peaks"
	measure iprange -C "$work/four"
	[ "$(cut -d, -f2 "$work/out")" = "$count" ] || die "$count addresses, and iprange counts $(cat "$work/out")"
	echo "$wall" >>"$work/theirs"
	measure "$PREFIXES_TOOL" count "$work/both"
	echo "$wall" >>"$work/mixed"
	echo "$peak" >>"$work/peaks"
done
ours=$(median <"$work/ours") theirs=$(median <"$work/theirs") mixed=$(median <"$work/mixed")
echo "$PREFIXES networks are $count addresses: relayaudit $ours ms, iprange $theirs ms; 30 % IPv6: $mixed ms"
goal "twice iprange's time at most, IPv4; $(reckon "$ours / $theirs" 2)" "$ours <= 2 * $theirs"
goal "twice iprange's time at most, 30 % IPv6; $(reckon "$mixed / $theirs" 2)" "$mixed <= 2 * $theirs"
goal "64 MiB at most; $(reckon "$(sort -n "$work/peaks" | tail -n 1) / 1024" 1) MiB" "$(sort -n "$work/peaks" | tail -n 1) <= 64 * 1024"
[ "$missed" -eq 0 ]
