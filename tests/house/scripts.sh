#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Shell scripts are clean.

# shellcheck source=house.sh
. "$(dirname "$0")/house.sh"
need shellcheck

scripts=$(tracked | grep -E '(\.sh|^start|^\.ci/run)$')

judge 'shellcheck has nothing to say' "$(
	[ -n "$scripts" ] || echo 'no script was found'
	printf '%s\n' "$scripts" | xargs shellcheck --format=gcc --external-sources --source-path=SCRIPTDIR 2>&1
)"

done_judging
