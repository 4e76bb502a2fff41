#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What the program offers stands in its manual pages, and the other way round.

# shellcheck source=house.sh
. "$(dirname "$0")/house.sh"

: "${RELAYAUDIT:=relayaudit}"
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

if command -v mandoc >/dev/null 2>&1; then
	for page in docs/*.[1-8]; do
		mandoc -Tascii "$page" 2>/dev/null | sed 's/.\x08//g' >"$work/${page##*/}.text"
	done

	judge 'each option stands in the manual page' "$(
		for command in $commands; do
			[ -f "$work/relayaudit-$command.1.text" ] || continue
			while IFS= read -r option; do
				case $option in -h | --help) continue ;; esac
				grep -qE -e "(^|[^A-Za-z0-9-])$option([^A-Za-z0-9-]|\$)" "$work/relayaudit-$command.1.text" ||
					echo "relayaudit-$command(1) lacks $option"
			done <"$work/$command.options"
		done
	)"

	# "Fl p , -port Ar PORT" and "Fl -port" of the tags.
	judge 'each option of a manual page exists' "$(
		for command in $commands; do
			[ -f "docs/relayaudit-$command.1" ] || continue
			sed -n 's/^\.It Fl //p' "docs/relayaudit-$command.1" | tr ' ' '\n' | sed -n 's/^-[a-z]/-&/p' | sed 's/[=,].*//' |
				while IFS= read -r option; do
					grep -qxe "$option" "$work/$command.options" || echo "relayaudit-$command(1) invents $option"
				done
		done
	)"

	# Pages of other programs need not be installed here; ours have to lie beside this one.
	judge 'mandoc finds the pages clean' "$(
		for page in docs/*.[1-8]; do
			mandoc -Tlint "$page" 2>&1 | grep -v 'referenced manual not found'
			sed -n 's/^\.Xr \(relayaudit[a-z-]*\) \([1-8]\).*/docs\/\1.\2/p' "$page" | while IFS= read -r other; do
				[ -f "$other" ] || echo "$page refers to $other"
			done
		done
	)"
else
	pass_over 'the manual pages are complete and clean' 'mandoc is not installed'
fi

done_judging
