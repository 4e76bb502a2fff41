# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# Results, as TAP. Counters live in the caller's shell: do not call ok or not_ok
# from a subshell.

passed=0
failed=0

ok() {
	passed=$((passed + 1))
	echo "ok $((passed + failed)) - $*"
}

not_ok() {
	failed=$((failed + 1))
	echo "not ok $((passed + failed)) - $*"
}

# check STATUS TEXT: one line for a check that has been made.
check() {
	if [ "$1" -eq 0 ]; then shift && ok "$*"; else shift && not_ok "$*" && return 1; fi
}

# Shows (at most 60 lines of) a file below a failure.
show() {
	echo "# --- $1"
	tail -n 60 "$2" 2>/dev/null | sed 's/^/# /'
}
