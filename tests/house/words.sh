#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What no file says: where it was written, or a mirror's name.  And what each says:
# its licence.

# shellcheck source=house.sh
. "$(dirname "$0")/house.sh"

files=$(tracked | grep -vE '^(COPYING|tests/house/words\.sh)$')

# In a path of its own, not at the end of another ("$dir/root").
path='(^|[^A-Za-z0-9_.}$*)/-])/(work|root|home)/'
hosts='(deb|security|ftp[a-z0-9.]*|archive|ports|snapshot|packages)\.(debian|ubuntu)\.(org|com)|pypi\.org|npmjs\.(org|com)|crates\.io|proxy\.golang\.org|docker\.io|ghcr\.io|quay\.io'

# look EXTENDED-EXPRESSION
look() {
	printf '%s\n' "$files" | tr '\n' '\0' | xargs -0 grep -InE "$1"
}

judge 'no file holds a path of one machine' "$(look "$path")"

judge 'no file names a mirror or a registry' "$(look "$hosts")"

judge 'each program text names its licence' "$(
	[ -n "$files" ] || echo 'no file was found'
	printf '%s\n' "$files" | grep -E '(\.([ch]|sh|py|awk|mk|m4|ac|am)|^start|^\.ci/run)$' | tr '\n' '\0' | xargs -0 head -v -n 4 | awk '
		/^==> .* <==$/ { if (file != "" && !named) print file; file = substr($0, 5, length($0) - 8); named = 0 }
		/SPDX-License-Identifier: Apache-2\.0/ { named = 1 }
		END { if (file != "" && !named) print file }'
)"

judge 'no file has blanks at the end of a line' "$(
	printf '%s\n' "$files" | grep -E '(\.([ch]|sh|py|awk|mk|m4|ac|am|md)|^start|^\.ci/run)$' |
		tr '\n' '\0' | xargs -0 grep -InE '[[:blank:]]+$'
)"

done_judging
