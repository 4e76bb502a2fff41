#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# relayaudit completion and relayaudit help, in the shells themselves.
#
# Environment: RELAYAUDIT (the program).

# shellcheck source=../house/house.sh
. "$(dirname "$0")/../house/house.sh"

: "${RELAYAUDIT:=relayaudit}"
for tool in bash "$RELAYAUDIT"; do
	command -v "$tool" >/dev/null 2>&1 || skip_all "there is no $tool"
done
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
commands=$("$RELAYAUDIT" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p')
for shell in bash zsh fish; do "$RELAYAUDIT" completion "$shell" >"$work/$shell" 2>"$work/$shell.err" || echo failed >>"$work/$shell.err"; done

# bash_offers WORD...: what bash completes the last of them to.
bash_offers() {
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _relayaudit; printf "%s\n" "${COMPREPLY[@]}"' bash "$work/bash" "$@" 2>&1
}

judge 'each shell has a script' "$(cat "$work/bash.err" "$work/zsh.err" "$work/fish.err")"

judge 'bash completes every command, and every option of each' "$(
	for command in $commands; do
		bash_offers relayaudit "$command" | grep -qx "$command" || echo "$command is not offered"
		"$RELAYAUDIT" "$command" --help | sed -n 's/^  \(-., \)\{0,1\} *\(--[a-z0-9-]*\).*/\2/p' | sort -u >"$work/wanted"
		bash_offers relayaudit "$command" -- | sort -u >"$work/offered"
		comm -23 "$work/wanted" "$work/offered" | sed "s/^/$command lacks /"
		[ -s "$work/wanted" ] || echo "$command has no options"
	done
	[ "$(bash_offers relayaudit completion f)" = fish ] || echo 'the shells are not offered'
)"

for shell in zsh fish; do
	if command -v "$shell" >/dev/null 2>&1; then
		judge "$shell can read its script" "$("$shell" -n "$work/$shell" 2>&1)"
	else
		pass_over "$shell can read its script" "there is no $shell"
	fi
done

if command -v fish >/dev/null 2>&1; then
	judge 'fish completes commands and options' "$(
		said=$(HOME=$work fish --no-config -c ". $work/fish; complete -C 'relayaudit sca'; complete -C 'relayaudit scan --fail-'" 2>&1)
		printf '%s\n' "$said" | grep -q '^scan' || echo "no scan: $said"
		printf '%s\n' "$said" | grep -q '^--fail-on' || echo "no --fail-on: $said"
	)"
else
	pass_over 'fish completes commands and options' 'there is no fish'
fi

judge 'another shell, and no topic, are told with the nearest' "$(
	"$RELAYAUDIT" completion fisch 2>&1 | grep -q "was 'fish' meant" || echo 'fisch'
	"$RELAYAUDIT" help scn 2>&1 | grep -q "was 'scan' meant" || echo 'scn'
	"$RELAYAUDIT" completion nonesuch >/dev/null 2>&1
	[ $? -eq 2 ] || echo 'the status is not 2'
)"

judge 'help opens the page of a command and of a file' "$(
	mkdir "$work/bin"
	# shellcheck disable=SC2016 # for the script
	printf '#!/bin/sh\necho "page $*"\n' >"$work/bin/man"
	chmod +x "$work/bin/man"
	[ "$(PATH="$work/bin:$PATH" "$RELAYAUDIT" help scan 2>&1)" = 'page relayaudit-scan' ] || echo scan
	[ "$(PATH="$work/bin:$PATH" "$RELAYAUDIT" help relayaudit.yml 2>&1)" = 'page relayaudit.yml' ] || echo relayaudit.yml
)"

done_judging
