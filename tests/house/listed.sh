#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What lies in the tree is built, tested, installed and shipped: each file stands in
# the fragment that answers for it.

# shellcheck source=house.sh
. "$(dirname "$0")/house.sh"

# unlisted FRAGMENT NAME...: what the fragment does not name.
unlisted() (
	fragment=$1
	shift
	for name; do [ ! -e "$name" ] || echo "$name"; done | awk -v fragment="$fragment" -v dir="${fragment%/*}/" '
		# A word of the fragment names a file by its end, behind "%D%/" or another directory.
		FNR == NR {
			for (i = 1; i <= NF && $1 !~ /^#/; i++) {
				named[$i]
				for (end = $i; sub(/^[^\/]*\//, "", end); ) named[end]
			}
			next
		}
		{
			short = index($0, dir) == 1 ? substr($0, length(dir) + 1) : $0
			if (!(short in named)) print $0 " is not in " fragment
		}' "$fragment" -
)

judge 'each source stands in its floor' "$(
	for floor in src/*/; do
		floor=${floor%/}
		unlisted "$floor/floor.mk" "$floor"/*.c "$floor"/*.h
		grep -qx "include $floor/floor.mk" Makefile.am || echo "Makefile.am does not include $floor/floor.mk"
	done
	find src -mindepth 3 -name '*.[ch]'
)"

judge 'each unit test is run' "$(
	for test in tests/*/test_*.c; do
		[ -e "$test" ] || continue
		grep -qx "unit_tests += ${test%.c}" tests/tests.mk || echo "$test is not in tests/tests.mk"
		grep -q "^static void test_" "$test" || echo "$test has no test"
	done
)"

# What is only read by others has no line that says how to run it.
judge 'each script that tests is run' "$(
	for script in tests/*/*.sh; do
		case $script in tests/mta/* | tests/house/* | tests/fuzz/*) continue ;; esac
		if head -n 1 "$script" | grep -q '^#!'; then
			grep -qx "script_tests += $script" tests/tests.mk || echo "$script is not in tests/tests.mk"
		fi
	done
)"

judge 'each program that tests call is built' "$(
	for helper in tests/fake/*.c; do
		grep -q '^int main' "$helper" 2>/dev/null || continue
		grep -qx "helpers += ${helper%.c}" tests/tests.mk || echo "$helper is not in tests/tests.mk"
	done
)"

# A test function that is not in a table is an unused static: the compiler says so.
judge 'a test function is static' "$(
	find tests -name 'test_*.c' | sort | xargs grep -n '^void test_'
)"

judge 'each house rule is run' "$(
	for rule in tests/house/*.sh; do
		[ "$rule" = tests/house/house.sh ] ||
			grep -qx "house_rules += $rule" tests/tests.mk || echo "$rule is not in tests/tests.mk"
	done
)"

judge 'each fuzzer is built, and has a corpus' "$(
	for fuzzer in tests/fuzz/fuzz_*.c; do
		[ -e "$fuzzer" ] || continue
		name=${fuzzer##*/fuzz_}
		grep -qx "fuzzers += ${fuzzer%.c}" tests/tests.mk || echo "$fuzzer is not in tests/tests.mk"
		[ -n "$(ls "tests/fuzz/corpus/${name%.c}" 2>/dev/null)" ] || echo "$fuzzer has no tests/fuzz/corpus/${name%.c}"
	done
)"

judge 'each probe is installed' "$(unlisted probes/probes.mk probes/*.probe)"

judge 'each document is installed' "$(unlisted docs/docs.mk docs/*.[1-8] docs/*.json docs/*.md docs/examples/*)"

# Directories are shipped whole.
names=$(mktemp) || exit 99
trap 'rm -f "$names" "$names.all"' EXIT
sed -n '/^#/d; s,%[CD]%,tests,g; /^\(EXTRA_DIST\|tests_[a-z0-9_]*_SOURCES\) /p' tests/tests.mk | tr ' ' '\n' >"$names"
judge 'each file of the tests is shipped' "$(
	sed -n 's/^script_tests += //p' tests/tests.mk | cat - "$names" >"$names.all"
	tracked | grep '^tests/' | grep -vE '^tests/([^/]*/test_.*\.c|fuzz/fuzz_.*\.c|house/.*\.sh|tests\.mk)$' | awk '
		FNR == NR { shipped[$0]; next }
		{
			for (place = $0; place != "tests" && !(place in shipped); )
				sub(/\/[^\/]*$/, "", place)
			if (place == "tests") print
		}' "$names.all" -
)"

done_judging
