#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every finding that is ever made, and every trick, has its page.

# shellcheck source=house.sh
. "$(dirname "$0")/house.sh"

: "${RELAYAUDIT:=relayaudit}" "${RELAYAUDIT_PROBEDIR:=$top/probes}"
export RELAYAUDIT_PROBEDIR
command -v "$RELAYAUDIT" >/dev/null 2>&1 || skip_all "there is no $RELAYAUDIT"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

"$RELAYAUDIT" explain --pages "$work/pages" >"$work/said" 2>&1 || echo failed >>"$work/said"
"$RELAYAUDIT" explain | sed -n 's/^\([a-z-]*\)  *[A-Za-z].*/\1/p' | sort -u >"$work/explained"
judge 'the pages can be written' "$(cat "$work/said")"

# Where ids stand in the sources: what adds a finding, what has a severity beside it, what says which it is, and the probes.
{
	grep -hoE '\badd\(findings, "[a-z-]+"|finding_add\([^,]+, "[a-z-]+"|[{] "[a-z-]+", SEVERITY_|return "[a-z-]+";' src/audit/*.c | grep -v 'return' |
		sed 's/^[^"]*"\([a-z-]*\)".*/\1/'
	sed -n '/^static const char \*id_of_accepted/,/^}/s/.*return "\([a-z-]*\)".*/\1/p' src/audit/finding.c
	sed -n 's/^finding: *//p' probes/*.probe
} | sort -u >"$work/made"
judge 'each finding that can be made is explained' "$(
	[ "$(wc -l <"$work/made")" -gt 25 ] || echo "only $(wc -l <"$work/made") ids were found in the sources"
	comm -23 "$work/made" "$work/explained"
)"
judge 'what is explained can be found' "$(comm -13 "$work/made" "$work/explained")"

# A page has all of its parts, and code and links that end.
judge 'each finding has its page, with all of its parts' "$(
	while IFS= read -r id; do
		page=$work/pages/findings/$id.md
		[ -f "$page" ] || { echo "there is no page on $id" && continue; }
		for part in "# $id" '## How grave' '## How it is known' '## What to do'; do grep -qxF "$part" "$page" || echo "$id: no '$part'"; done
		grep -q '^- any other: \|^- postfix: ' "$page" || echo "$id: nothing to do"
	done <"$work/explained"
)"
judge 'each trick has its page' "$(
	for probe in probes/*.probe; do
		page=$work/pages/tricks/$(basename "$probe" .probe).md
		[ -f "$page" ] || { echo "there is no page on $probe" && continue; }
		[ "$(grep -cxF '```' "$page")" -eq 2 ] || echo "$page: no dialogue"
	done
	[ "$(find "$work/pages/tricks" -type f | wc -l)" -eq "$(find probes -name '*.probe' | wc -l)" ] || echo 'there are more pages than probes'
)"
judge 'the index has all of them' "$(
	sed -n 's/^- \[[^]]*\](\([^)]*\)): .*/\1/p' "$work/pages/index.md" | sort >"$work/linked"
	(cd "$work/pages" && find findings tricks -name '*.md') | sort | comm -3 - "$work/linked"
)"

done_judging
