#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# fuzz.sh SECONDS PROGRAM...: runs each libFuzzer program for some seconds, two at a
# time, from its corpus in the source tree ($srcdir) and on a copy of it.  What reads a
# server's replies, and probes, has all of the seconds, the others a fourth of them.  What
# breaks one is left in the current directory as NAME-crash-..., and is the start of a test.
# Without FUZZ_SEED each run tries the same inputs in the same order, so that a change is
# judged by itself; FUZZ_SEED=0 takes new ones each time, for a long run.

set -eu

: "${srcdir:?}"

one() {
	seconds=$1
	name=${2##*/}
	case $name in fuzz_reply | fuzz_ehlo | fuzz_probe) ;; *) seconds=$(((seconds + 3) / 4)) ;; esac
	corpus=$srcdir/tests/fuzz/corpus/${name#fuzz_}
	found=$(mktemp -d)
	trap 'rm -rf "$found"' EXIT
	mkdir "$found/corpus"
	[ ! -d "$corpus" ] || cp "$corpus"/* "$found/corpus/"
	if "$2" -seed="${FUZZ_SEED:-1}" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=65536 -verbosity=1 \
		-print_final_stats=1 -artifact_prefix="$name-" "$found/corpus" >"$found/said" 2>&1; then
		echo "ok - $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$found/said") inputs"
	else
		echo "not ok - $name"
		tail -n 60 "$found/said" | sed 's/^/# /'
		exit 1
	fi
}

: "${srcdir:?}"
if [ "$1" = --one ]; then
	one "$2" "$3"
else
	seconds=$1
	shift
	[ $# -gt 0 ] || { echo 'fuzz.sh: there is no fuzzer' >&2; exit 1; }
	printf '%s\0' "$@" | xargs -0 -n 1 -P 2 sh "$0" --one "$seconds"
fi
