#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A file includes its own floor and those that its floor stands on; nothing goes in
# circles; each library comes in by its own door.

# shellcheck disable=SC2016 # the dollars are awk's
# shellcheck source=house.sh
. "$(dirname "$0")/house.sh"

# Each floor, and what it stands on.
floors='
base
net base
smtp base net
probe base net smtp
vantage base net smtp probe
mta base net
audit base net smtp probe vantage mta
report base net smtp probe vantage mta audit
remote base net smtp probe vantage mta audit report
cmd base net smtp probe vantage mta audit report remote
'

# Each library's headers, and the files that may include them.
doors='
openssl/ src/net/tls.c src/net/tls_gate.c src/net/pki.c src/net/mac.c
ares.h src/net/resolve.c
curl/ src/net/http
jansson.h src/report/ src/cmd/ src/remote/record.c src/mta/postfix_queue. src/mta/journal_json. src/audit/shape. src/audit/job_ src/audit/result_
yaml.h src/cmd/settings_tree.c
archive.h src/mta/log_source.c
cmocka.h none
'

# No libevent in these: they do no I/O.
pure='src/base/ src/smtp/reply src/smtp/capability src/smtp/reason src/smtp/transcript
src/probe/ src/vantage/target src/mta/ src/audit/job_ src/audit/result_ src/audit/shape src/audit/verdict src/audit/exception src/audit/finding src/audit/map_plan src/audit/map_points src/audit/map_space src/audit/map_result src/audit/masks src/audit/strangers src/audit/joined src/audit/tally src/report/'

# FILE:LINE OPENING NAME, where OPENING is " or <
includes() {
	sources src | xargs awk '
		/^[ \t]*#[ \t]*include/ {
			name = $0
			sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
			opening = substr(name, 1, 1)
			name = substr(name, 2)
			sub(/[">].*/, "", name)
			print FILENAME ":" FNR, opening, name
		}'
}

included=$(includes)
[ -n "$included" ] || included='src/none.c:1 " none.h'

judge 'each include stays on its floor, or goes to one that it stands on' "$(
	printf '%s\n' "$included" | FLOORS=$floors HEADERS=$(find src -name '*.h') awk '
		BEGIN {
			count = split(ENVIRON["HEADERS"], row, "\n")
			for (i = 1; i <= count; i++)
				there[row[i]]
			count = split(ENVIRON["FLOORS"], row, "\n")
			for (i = 1; i <= count; i++) {
				words = split(row[i], word, " ")
				for (k = 1; k <= words; k++)
					knows[word[1], word[k]] = 1
			}
		}
		$2 == "\"" {
			split($1, part, "/")
			floor = $3
			if (floor !~ /\//)
				print $1 ": \"" $3 "\" does not name its floor"
			sub(/\/.*/, "", floor)
			if (!(("src/" $3) in there))
				print $1 ": there is no src/" $3
			if (!((part[2], floor) in knows))
				print $1 ": " part[2] " does not stand on " floor " (" $3 ")"
		}'
)"

judge 'the directories under src are the floors' "$(
	for dir in src/*/; do
		dir=${dir#src/}
		printf '%s\n' "$floors" | grep -q "^${dir%/}\\( \\|\$\\)" || echo "src/$dir is no floor"
	done
)"

# tsort names the members of a loop on standard error.
judge 'the headers include each other in no circle' "$(
	printf '%s\n' "$included" |
		awk '$1 ~ /\.h:/ && $2 == "\"" { sub(/^src\//, "", $1); sub(/:.*/, "", $1); print $1, $3 }' |
		tsort 2>&1 >/dev/null
)"

judge 'the floors stand on each other in no circle' "$(
	printf '%s\n' "$included" |
		awk '$2 == "\"" { split($1, from, "/"); split($3, to, "/"); print from[2], to[1] }' |
		sort -u | tsort 2>&1 >/dev/null
)"

judge 'each library is included by its own door only' "$(
	printf '%s\n' "$included" | DOORS=$doors awk '
		BEGIN { count = split(ENVIRON["DOORS"], row, "\n") }
		$2 == "<" {
			for (i = 1; i <= count; i++) {
				words = split(row[i], word, " ")
				if (words == 0 || index($3, word[1]) != 1)
					continue
				fits = 0
				for (k = 2; k <= words; k++)
					if (index($1, word[k]) == 1)
						fits = 1
				if (!fits)
					print $1 ": <" $3 "> belongs in " substr(row[i], length(word[1]) + 2)
			}
		}'
)"

judge 'the pure rooms know no libevent' "$(
	printf '%s\n' "$included" | PURE=$pure awk '
		BEGIN { count = split(ENVIRON["PURE"], room, /[ \n]+/) }
		$2 == "<" && index($3, "event2/") == 1 {
			for (i = 1; i <= count; i++)
				if (room[i] != "" && index($1, room[i]) == 1)
					print $1 ": <" $3 ">"
		}'
)"

done_judging
