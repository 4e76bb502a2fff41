#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A file has at most 600 lines, a function at most 60.

# shellcheck source=house.sh
. "$(dirname "$0")/house.sh"

judge 'a file has at most 600 lines' "$(
	sources src tests | xargs awk '
		FNR == 601 { print FILENAME " is longer than 600 lines" }'
)"

if ctags --version 2>/dev/null | grep -q '^Universal Ctags'; then
	judge 'a function has at most 60 lines' "$(
		sources src tests | ctags --languages=C,C++ --langmap=C:.c.h --kinds-C=f --fields=+ne --sort=no -f - -L - |
			awk -F '\t' '
				/^!/ { next }
				{
					first = last = 0
					for (i = 4; i <= NF; i++) {
						if ($i ~ /^line:/)
							first = substr($i, 6)
						if ($i ~ /^end:/)
							last = substr($i, 5)
					}
					seen++
					if (last - first + 1 > 60)
						print $2 ":" first ": " $1 "() has " last - first + 1 " lines"
				}
				END { if (!seen) print "no function was found" }'
	)"
else
	pass_over 'a function has at most 60 lines' 'universal-ctags is not installed'
fi

done_judging
