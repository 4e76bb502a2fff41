# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# What the house rules' tests share.  Each of them runs by itself, too:
# sh tests/house/floors.sh.  Those that look at built files want HOUSE_BUILD, the
# build directory; HOUSE_CC and HOUSE_CPPFLAGS say how sources are compiled.

set -u
LC_ALL=C
export LC_ALL
top=$(cd "$(dirname "$0")/../.." && pwd) || exit 99
cd "$top" || exit 99
: "${HOUSE_BUILD:=}" "${HOUSE_CC:=cc}" "${HOUSE_CPPFLAGS:=-Isrc -D_GNU_SOURCE}"

judged=0

# judge SENTENCE OFFENCES: one result; OFFENCES is what breaks the rule, a line each.
judge() {
	judged=$((judged + 1))
	if [ -z "$2" ]; then
		echo "ok $judged - $1"
	else
		echo "not ok $judged - $1"
		printf '%s\n' "$2" | sed -n 's/^/# /; 1,60p; 61s/.*/# .../p'
	fi
}

# A result for what cannot be looked at here.
pass_over() {
	judged=$((judged + 1))
	echo "ok $judged - $1 # SKIP $2"
}

# ends STATUS COMMAND...: nothing, or that it ends otherwise, with what it said.  What is written is in $work.
ends() {
	wanted=$1
	shift
	"$@" >"${work:?}/out" 2>"$work/said" </dev/null
	ended=$?
	[ "$ended" -eq "$wanted" ] || { echo "it ends with $ended, not $wanted: $*"; cat "$work/said"; }
}

done_judging() { echo "1..$judged"; }

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

need() {
	for tool; do
		command -v "$tool" >/dev/null 2>&1 || skip_all "$tool is not installed"
	done
}

# The C files, relative to the top: sources DIRECTORY...
sources() {
	find "$@" -name '*.[ch]' | sort
}

# Every file that is ours: what git knows or would take, else what does not look generated.
tracked() {
	if [ -e .git ] && git ls-files >/dev/null 2>&1; then
		git ls-files --cached --others --exclude-standard | sort | while IFS= read -r file; do
			if [ -f "$file" ]; then printf '%s\n' "$file"; fi
		done
	else
		find . -type d \( -name .git -o -name build -o -name build-aux -o -name autom4te.cache -o -name .deps \
			-o -name '*.tmp' \) -prune -o -type f \
			! -name '*.[oa]' ! -name '*.log' ! -name '*.trs' ! -name .dirstamp ! -path './relayaudit*' \
			! -path ./configure ! -path ./aclocal.m4 ! -path './Makefile*' ! -path './config.*' \
			-print | sed 's,^\./,,' | sort
	fi
}
