#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# One file, one concept, one name: no stem occurs twice under src.

# shellcheck source=house.sh
. "$(dirname "$0")/house.sh"

judge 'no stem occurs twice under src' "$(
	sources src | sed 's/\.[ch]$//' | sort -u | awk -F / '
		$NF in seen { print $0 " and " seen[$NF] }
		{ seen[$NF] = $0 }
		END { if (NR == 0) print "no file was found" }'
)"

done_judging
