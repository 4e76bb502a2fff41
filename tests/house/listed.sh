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
	for name; do
		[ -e "$name" ] || continue
		short=${name#"${fragment%/*}"/}
		short=$(printf '%s\n' "$short" | sed 's/[.]/[.]/g')
		grep -v '^[[:space:]]*#' "$fragment" | grep -qE "(%D%/|[ /])$short([[:space:]]|\$)" ||
			echo "$name is not in $fragment"
	done
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
shipped=$(sed -n '/^#/d; s,%[CD]%,tests,g; /^\(EXTRA_DIST\|tests_[a-z0-9_]*_SOURCES\) /p' tests/tests.mk |
	tr ' ' '\n')
judge 'each file of the tests is shipped' "$(
	tracked | grep '^tests/' | while IFS= read -r file; do
		case $file in
		tests/*/test_*.c | tests/fuzz/fuzz_*.c | tests/house/*.sh | tests/tests.mk) continue ;;
		esac
		if grep -qx "script_tests += $file" tests/tests.mk; then continue; fi
		dir=$file
		while [ "$dir" != tests ]; do
			if printf '%s\n' "$shipped" | grep -qxF "$dir"; then continue 2; fi
			dir=${dir%/*}
		done
		echo "$file"
	done
)"

done_judging
