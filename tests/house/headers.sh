#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Each header compiles alone, and twice, and its guard is its name.

# shellcheck source=house.sh
. "$(dirname "$0")/house.sh"

headers=$(find src -name '*.h' | sort)

judge 'each header compiles alone' "$(
	[ -n "$headers" ] || echo 'no header was found'
	for header in $headers; do
		# The compiler may be a command with arguments, and so are the flags.
		# shellcheck disable=SC2086
		printf '#include "%s"\n#include "%s"\n' "${header#src/}" "${header#src/}" |
			$HOUSE_CC $HOUSE_CPPFLAGS -std=gnu11 -Wall -Wextra -Werror -fsyntax-only -x c - 2>&1 || echo "$header"
	done
)"

judge 'a guard is the name of its floor and file' "$(
	for header in $headers; do
		guard=$(printf '%s\n' "${header#src/}" | tr 'a-z/.' 'A-Z__' | tr -c 'A-Z0-9_\n' _)
		grep -qx "#ifndef $guard" "$header" && grep -qx "#define $guard" "$header" || echo "$header: $guard"
	done
)"

done_judging
