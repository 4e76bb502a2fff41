#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# quietly.sh PROGRAM [ARGUMENT]...: runs a test; what it says on standard error fails it.

said=$(mktemp) || exit 99
trap 'rm -f "$said"' EXIT
"$@" 2>"$said"
status=$?
if [ -s "$said" ]; then
	echo '# it wrote to standard error:'
	sed 's/^/# /' "$said"
	[ "$status" -ne 0 ] || status=1
fi
exit "$status"
