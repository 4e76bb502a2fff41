# shellcheck shell=sh
# shellcheck disable=SC2034 # what was measured is read by the others
# SPDX-License-Identifier: Apache-2.0
#
# Figures, and what is said about them.  For speed.sh and fleet.sh, which set `work`.
: "${work:=}" "${MEASURED:=}"

missed=0

die() {
	echo "${0##*/}: $*" >&2
	exit 2
}

need() {
	for tool; do command -v "$tool" >/dev/null || die "$tool is missing"; done
}

# Of a number a line.
median() { sort -n | awk '{ n[NR] = $1 } END { printf "%.1f\n", (n[int((NR + 1) / 2)] + n[int(NR / 2) + 1]) / 2 }'; }

# reckon EXPRESSION [DIGITS]
reckon() { awk "BEGIN { printf \"%.${2:-0}f\\n\", $1 }"; }

# holds EXPRESSION
holds() { awk "BEGIN { exit !($1) }"; }

# goal WORDS EXPRESSION: a line that says whether it is met.
goal() {
	if holds "$2"; then
		echo "met      $1"
	else
		echo "NOT MET  $1"
		missed=$((missed + 1))
	fi
}

# measure COMMAND...: runs it, its output to $work/out, and sets wall, cpu (ms), peak (KiB) and status.
measure() {
	rm -f "$work/took"
	"$MEASURED" -k 1200 "$work/took" "$@" >"$work/out" 2>&1 </dev/null
	took
}

took() {
	wall=0 cpu=0 peak=0 status=127
	# shellcheck source=/dev/null
	[ ! -f "$work/took" ] || . "$work/took"
}

# The machine, since the figures are its own.
machine() {
	printf '%s, %s processors, Linux %s, load %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
		"$(nproc)" "$(uname -r)" "$(cut -d ' ' -f 1 /proc/loadavg)"
	"$RELAYAUDIT" --version 2>/dev/null | head -n 1
	nmap --version | head -n 1
}
