#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What the program offers stands in its manual pages, and the other way round.

# shellcheck source=house.sh
. "$(dirname "$0")/house.sh"

: "${RELAYAUDIT:=relayaudit}" "${RELAYAUDIT_PROBEDIR:=$top/probes}"
export RELAYAUDIT_PROBEDIR
command -v "$RELAYAUDIT" >/dev/null 2>&1 || skip_all "there is no $RELAYAUDIT"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

"$RELAYAUDIT" --help >"$work/help" 2>&1
commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' "$work/help")
for command in $commands; do
	"$RELAYAUDIT" "$command" --help >"$work/$command.help" 2>&1 || echo "status $?" >>"$work/$command.help.failed"
	# "--port" and "-p", a line each.
	sed -n 's/^  *\(-.*\)/\1/p' "$work/$command.help" | sed 's/   *.*//' | tr ',' ' ' | tr ' ' '\n' |
		grep '^-' | sort -u >"$work/$command.options"
done

judge 'the program tells its commands' "$(
	[ -n "$commands" ] || cat "$work/help"
	for source in src/cmd/cmd_*.c; do
		[ -e "$source" ] || continue
		command=${source##*/cmd_}
		printf '%s\n' "$commands" | grep -qx "${command%.c}" || echo "${command%.c} is not in --help"
	done
)"

judge 'each command explains itself, with an example' "$(
	for command in $commands; do
		[ ! -f "$work/$command.help.failed" ] || echo "$command --help ended with a failure"
		grep -q '^Usage: ' "$work/$command.help" || echo "$command --help has no usage"
		grep -qi 'example' "$work/$command.help" || echo "$command --help has no example"
		[ -s "$work/$command.options" ] || echo "$command --help has no options"
	done
)"

judge 'each command has a manual page, which relayaudit(1) names' "$(
	[ -f docs/relayaudit.1 ] || echo 'there is no docs/relayaudit.1'
	for command in $commands; do
		[ -f "docs/relayaudit-$command.1" ] || echo "there is no docs/relayaudit-$command.1"
		grep -q "Xr relayaudit-$command 1" docs/relayaudit.1 2>/dev/null || echo "relayaudit(1) does not name $command"
	done
)"

judge 'each page of a command is about one that there is' "$(
	for page in docs/relayaudit-*.1; do
		[ -e "$page" ] || continue
		command=${page#docs/relayaudit-}
		printf '%s\n' "$commands" | grep -qx "${command%.1}" || echo "$page"
	done
)"

judge 'each probe is in the list of probes' "$(
	"$RELAYAUDIT" probes list >"$work/probes" 2>&1 || echo 'relayaudit probes list failed'
	for probe in probes/*.probe; do
		name=${probe##*/}
		grep -qE "(^|[^a-z0-9-])${name%.probe}([^a-z0-9-]|\$)" "$work/probes" || echo "${name%.probe}"
	done
)"

# ".It Fl p , -port Ar PORT" as "-p" and "--port", a line each.
for page in docs/*.1; do
	sed -n 's/^\.It Fl //p' "$page" | sed 's/ [ABCDNOP][a-z] .*//' | tr -d ',' | tr ' ' '\n' | grep -v '^Fl$' | grep . |
		sed 's/^/-/' | sort -u >"$work/${page##*/}.options"
done

judge 'each option stands in the manual page, as a tag' "$(
	for command in $commands; do
		[ ! -f "$work/relayaudit-$command.1.options" ] ||
			comm -23 "$work/$command.options" "$work/relayaudit-$command.1.options" | sed "s/^/relayaudit-$command(1) lacks /"
	done
)"

judge 'each option of a manual page exists' "$(
	for command in $commands; do
		[ ! -f "$work/relayaudit-$command.1.options" ] ||
			comm -13 "$work/$command.options" "$work/relayaudit-$command.1.options" | sed "s/^/relayaudit-$command(1) invents /"
	done
)"

# Each key of the configuration file, a line each: as the program prints it, set or not, and as the manual page has it.
: >"$work/empty.yml"
"$RELAYAUDIT" scan --config "$work/empty.yml" --show-config 2>&1 | sed -n 's/^\(# \)\{0,1\}\([a-z0-9-]*\):.*/\2/p' | sort -u >"$work/keys"
sed -n 's/^\.It Ic //p' docs/relayaudit.yml.5 | tr -d ',' | tr ' ' '\n' | grep . | sort -u >"$work/written"

judge 'each key of the configuration file stands in its manual page, as a tag' "$(
	[ -s "$work/keys" ] || echo 'scan --show-config prints no key'
	comm -23 "$work/keys" "$work/written" | sed 's/^/relayaudit.yml(5) lacks /'
)"

judge 'each key of the manual page exists' "$(comm -13 "$work/keys" "$work/written" |
	grep -vxE 'host|addresses|via|expect|ca|certificate|finding|where|reason|expires' | sed 's/^/relayaudit.yml(5) invents /')"

if command -v mandoc >/dev/null 2>&1; then
	# Pages of other programs need not be installed here; ours have to lie beside this one.
	judge 'mandoc finds the pages clean' "$(
		for page in docs/*.[1-8]; do
			mandoc -Tlint "$page" 2>&1 | grep -v 'referenced manual not found'
			sed -n 's/^\.Xr \(relayaudit[a-z.-]*\) \([1-8]\).*/docs\/\1.\2/p' "$page" | while IFS= read -r other; do
				[ -f "$other" ] || echo "$page refers to $other"
			done
		done
	)"
else
	pass_over 'mandoc finds the pages clean' 'mandoc is not installed'
fi

done_judging
