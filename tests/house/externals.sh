#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A function that only its own file uses is static, and one that nobody uses is not
# there.  And nothing outside of functions changes.

# shellcheck source=house.sh
. "$(dirname "$0")/house.sh"
need nm objdump
[ -n "$HOUSE_BUILD" ] || skip_all 'HOUSE_BUILD does not say where the objects are'

objects=$(sources src | sed -n "s,^\(.*\)\.c\$,$HOUSE_BUILD/\1.o,p")
tests=$(sources tests | sed -n "s,^\(.*\)\.c\$,$HOUSE_BUILD/\1.o,p")

missing=$(for object in $objects; do [ -f "$object" ] || echo "$object is not built"; done)
judge 'each source is built' "$missing"

# built OBJECT...: those that are there; a name has no blanks.
built() { for object; do [ ! -f "$object" ] || echo "$object"; done; }

# A table that only holds addresses is const, too, though the loader fills it in.
judge 'an external name is used by another file' "$(
	# shellcheck disable=SC2086 # names
	built $objects $tests | xargs nm -A | sed "s,^$HOUSE_BUILD/,," | awk '
		{ file = $1; sub(/:.*/, "", file) }
		$(NF - 1) == "U" { used[$NF] = 1; next }
		file ~ /^tests\// { next }
		$(NF - 1) ~ /^[TDBRC]$/ && $NF !~ /^_/ { where[$NF] = file }
		END {
			for (name in where)
				if (!(name in used) && name != "main")
					print where[name] ": " name
		}' | sort
)"

# Sanitizers add data of their own.
if nm "$HOUSE_BUILD/src/base/mem.o" 2>/dev/null | grep -q '__[au][bs]san'; then
	pass_over 'no data changes outside of functions' 'the sanitizers have their own'
else
	judge 'no data changes outside of functions' "$(
		# shellcheck disable=SC2086 # names
		built $objects | xargs objdump -t | sed "s,^$HOUSE_BUILD/,," | awk '
			/:  *file format / { file = $1; next }
			NF > 3 && $(NF - 2) ~ /^\.(data|bss|data\.rel|data\.rel\.local|tbss|tdata)(\.[^r].*)?$/ && $(NF - 1) !~ /^0+$/ {
				print file " " $NF }' | grep -v '^src/cmd/main\.o'
	)"
fi

done_judging
