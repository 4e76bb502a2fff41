#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Configuration files as the program sees them: where they are looked for, whom they
# may belong to, what a scan makes of them; and hostile ones, of which each ends in a
# moment with one sentence.
#
# Environment: RELAYAUDIT, RELAYAUDIT_PROBEDIR, PRACTISED (the programs).

# shellcheck source=../house/house.sh
. "$(dirname "$0")/../house/house.sh"

: "${RELAYAUDIT:=relayaudit}" "${PRACTISED:=practised}"
for tool in jq "$RELAYAUDIT" "$PRACTISED"; do
	command -v "$tool" >/dev/null 2>&1 || skip_all "there is no $tool"
done
rules=$PWD/tests/fake/rules
work=$(mktemp -d) || exit 99
servers=
trap 'kill $servers 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
umask 022
mkdir "$work/home" "$work/config" "$work/here" "$work/config/relayaudit"
HOME=$work/home XDG_CONFIG_HOME=$work/config
export HOME XDG_CONFIG_HOME
cd "$work/here" || exit 99

# serve RULES: a server on all of 127.0.0.0/8; sets port.
serve() {
	mkfifo "$work/door"
	"$PRACTISED" -w "$rules/$1.rules" >"$work/door" 2>/dev/null &
	servers="$servers $!"
	port=
	read -r _ port <"$work/door"
	rm "$work/door"
}

# run ARGUMENT...: sets status; what is said goes to $work/out and $work/err.
run() {
	timeout 120 "$RELAYAUDIT" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
}

# is WHAT FOUND WANTED
is() { [ "$2" = "$3" ] || echo "$1: $2, and not $3"; }

report() { is "$1" "$(jq -r "$1" "$work/out" 2>&1)" "$2"; }

# shown KEY: what --show-config says of it, with its origin.
shown() { sed -n "s/^$1: *\\(.*[^ ]\\)  *# /\\1 # /p" "$work/out"; }

serve open-percent
open=$port
serve closed-plain
closed=$port

cat >relayaudit.yml <<END
timeout: 2
retry-after: 0.2
suite: classic
targets:
  leaky:
    addresses: 127.0.0.1
    domains: [practice.test]
    endpoints: $open/none
    local-user: alice
  tight:
    host: 127.0.0.2
    domains: practice.test
    endpoints: [$closed/none]
    local-user: alice
vantages:
  far: local
  near: {via: "bind:127.0.0.9", helo: near.practice.test}
ignore:
  - {finding: relay, where: "leaky *", reason: "an old machine", expires: 2020-12-31}
  - {finding: relay-limited, reason: "nobody minds", expires: 9999-12-31}
END
judge 'without arguments, all targets are scanned from all vantages' "$(
	run scan -o json
	cat "$work/err"
	is status "$status" 1
	report '[.targets[].host] | join(" ")' 'leaky 127.0.0.2'
	report '[.targets[].verdict] | join(" ")' 'open closed'
	report '[.vantages[].name] | join(" ")' 'far near'
	report '.vantages[1].helo' near.practice.test
	report '[.views[] | .target + " " + .vantage] | join(", ")' 'leaky far, leaky near, 127.0.0.2 far, 127.0.0.2 near'
	report '.suite' classic
)"
judge 'an exception that has expired excuses nothing, and both are told' "$(
	report '[.exceptions[] | .state, .matches] | map(tostring) | join(" ")' 'expired 4 unmatched 0'
	report '[.exceptions[].source] | join(" ")' 'relayaudit.yml:19 relayaudit.yml:20'
	report '[.findings[].excused] | unique | tostring' '[null]'
)"
sed 's/2020-12-31/9999-12-31/' relayaudit.yml >later.yml
judge 'an excused finding stays, and does not count for the status' "$(
	run scan --config later.yml -o json
	is status "$status" 0
	report .verdict open
	report '[.findings[] | select(.excused == null)] | length' 0
	report '[.findings[].excused.reason] | unique | join(" ")' 'an old machine'
	run scan --config later.yml -o text
	grep -q '^OPEN ' "$work/out" || echo 'the verdict is not told'
	grep -q 'excused until 9999-12-31: an old machine' "$work/out" || echo 'the excuse is not told'
	grep -q '^  later.yml:20: .*fits nothing' "$work/out" || echo 'what fits nothing is not told'
)"
sed 's/"leaky \*"/"leaky * from near"/' later.yml >near.yml
judge 'what is not excused counts' "$(
	run scan --config near.yml -o json
	is status "$status" 1
	report '[.findings[] | select(.excused == null) | .vantage] | unique | join(" ")' far
)"
judge 'one target by its name in the file' "$(
	run scan tight -o json
	is status "$status" 0
	report '[.targets[].host] | join(" ")' 127.0.0.2
	run scan leaky tight --from near -o json
	report '[.vantages[] | .name + " " + .via] | join(" ")' 'near bind:127.0.0.9'
)"
judge 'options go before the file, and the file before defaults' "$(
	run scan tight --domain other.test --from local --suite default --probe plain -o json
	report '[.targets[].domains[]] | join(" ")' other.test
	report '[.vantages[].name] | join(" ")' local
)"

judge 'file, environment, options, in this order' "$(
	cd "$work/home" || exit
	printf 'timeout: 7\njobs: 3\nskip: [a, b]\nverbose: yes\n' >f.yml
	run scan --config f.yml --show-config
	is status "$status" 0
	is timeout "$(shown timeout)" '7 # f.yml:1'
	is skip "$(shown skip)" '[a, b] # f.yml:3'
	RELAYAUDIT_TIMEOUT=8 RELAYAUDIT_SKIP='c d' RELAYAUDIT_VERBOSE=no RELAYAUDIT_MAX_SESSIONS=2
	export RELAYAUDIT_TIMEOUT RELAYAUDIT_SKIP RELAYAUDIT_VERBOSE RELAYAUDIT_MAX_SESSIONS
	run scan --config f.yml --show-config
	is timeout "$(shown timeout)" '8 # environment'
	is skip "$(shown skip)" '[c, d] # environment'
	is verbose "$(shown verbose)" 'no # environment'
	is jobs "$(shown jobs)" '3 # f.yml:2'
	is max-sessions "$(shown max-sessions)" '2 # environment'
	run scan --config f.yml --show-config --timeout 9.5 --skip e
	is timeout "$(shown timeout)" '9.5 # option'
	is skip "$(shown skip)" '[e] # option'
	is retry-after "$(shown retry-after)" '5 # default'
	cat "$work/err"
)"
judge 'mistakes in the environment are told' "$(
	RELAYAUDIT_TIMEOU=3 RELAYAUDIT_JOBS=none RELAYAUDIT_SUITE=clasic RELAYAUDIT_SERVICE_HOST=x
	export RELAYAUDIT_TIMEOU RELAYAUDIT_JOBS RELAYAUDIT_SUITE RELAYAUDIT_SERVICE_HOST
	run scan --show-config
	is status "$status" 2
	sort "$work/err" >"$work/sorted"
	cat >"$work/wanted" <<-'END'
		relayaudit: RELAYAUDIT_JOBS takes a number, 1 to 20000, and 'none' is not
		relayaudit: RELAYAUDIT_SUITE: there is no suite 'clasic'; was 'classic' meant?
		relayaudit: the environment holds RELAYAUDIT_TIMEOU, which is not known; was RELAYAUDIT_TIMEOUT meant?
	END
	diff "$work/wanted" "$work/sorted"
)"

judge 'what is shown is a configuration file that says the same' "$(
	run scan --show-config -4 --probes "it's \"odd\" # here" --helo x.test
	is status "$status" 0
	cat "$work/err"
	sed 's/  *# [^#"]*$//; /^#/d' "$work/out" >"$work/first"
	cp "$work/out" shown.yml
	run scan --config shown.yml --show-config
	cat "$work/err"
	sed 's/  *# [^#"]*$//; /^#/d' "$work/out" | diff "$work/first" -
)"
judge 'what is shown is YAML to another reader' "$(
	run scan --show-config
	if python3 -c 'import yaml' 2>/dev/null; then
		python3 -c 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin), default=str))' <"$work/out" >"$work/json"
		is targets "$(jq -r '.targets | keys | join(" ")' "$work/json")" 'leaky tight'
		is via "$(jq -r .vantages.near.via "$work/json")" bind:127.0.0.9
	fi
)"

judge 'the first file that is found is the only one' "$(
	mkdir "$work/empty"
	cd "$work/empty" || exit
	mkdir -p "$work/home/.config/relayaudit"
	echo 'jobs: 4' >"$work/home/.config/relayaudit/relayaudit.yml"
	echo 'jobs: 5' >"$work/config/relayaudit/relayaudit.yml"
	run scan --show-config
	is jobs "$(shown jobs)" "5 # $work/config/relayaudit/relayaudit.yml:1"
	(
		unset XDG_CONFIG_HOME
		run scan --show-config
		is jobs "$(shown jobs)" "4 # $work/home/.config/relayaudit/relayaudit.yml:1"
		XDG_CONFIG_HOME=config
		export XDG_CONFIG_HOME
		run scan --show-config
		is jobs "$(shown jobs)" "4 # $work/home/.config/relayaudit/relayaudit.yml:1"
	)
	echo 'timeout: 3' >relayaudit.yml
	run scan --show-config
	is jobs "$(shown jobs)" '16 # default'
	echo 'jobs: 6' >named.yml
	RELAYAUDIT_CONFIG=named.yml run scan --show-config
	is jobs "$(shown jobs)" '6 # named.yml:1'
	echo 'jobs: 7' >option.yml
	RELAYAUDIT_CONFIG=named.yml run scan --config option.yml --show-config
	is jobs "$(shown jobs)" '7 # option.yml:1'
	rm "$work/config/relayaudit/relayaudit.yml"
	run scan --config nowhere.yml
	is status "$status" 2
	cat "$work/out"
	diff - "$work/err" <<-'END'
		relayaudit: nowhere.yml cannot be opened: No such file or directory
	END
)"

judge 'a target in the file may be tested, and no other' "$(
	cat >public.yml <<-'END'
		targets:
		  mail.example.org: {addresses: [192.0.2.1]}
		  mx.example.org: {addresses: 192.0.2.2}
	END
	# Nothing is connected to: -6 leaves none of their addresses.
	run scan --config public.yml -6 -o json
	is status "$status" 3
	is targets "$(jq -r '[.targets[].host] | join(" ")' "$work/out")" 'mail.example.org mx.example.org'
	run scan --config public.yml -6 192.0.2.1 192.0.2.2 -o json
	is status "$status" 3
	run scan --config public.yml -6 192.0.2.3
	is status "$status" 2
	grep -q 'say --mine if this one is yours, or name it under targets in relayaudit.yml' "$work/err" || cat "$work/err"
	run scan --config public.yml -6 mx.example.org 192.0.2.3
	is status "$status" 2
)"
judge 'without a target, and without a file that names one, there is nothing to do' "$(
	: >empty.yml
	run scan --config empty.yml
	is status "$status" 2
	is said "$(cat "$work/err")" 'relayaudit: which server? empty.yml names no targets: relayaudit scan TARGET...'
)"
judge 'all mistakes are told, with their places' "$(
	printf 'suiet: x\ntimeout: soon\ntargets:\n  a.test: {domans: x}\nvantages:\n  far: {via: lcoal}\nignore:\n  - {finding: relay}\n' >wrong.yml
	run scan --config wrong.yml tight
	is status "$status" 2
	cat "$work/out"
	diff - "$work/err" <<-'END'
		wrong.yml:1:1: there is no key 'suiet' here; was 'suite' meant?
		wrong.yml:2:10: timeout takes seconds, 0.1 to 600, and 'soon' is not
		wrong.yml:4:12: there is no key 'domans' here; was 'domains' meant?
		wrong.yml:6:14: there is no vantage of kind 'lcoal'; was 'local' meant?
		wrong.yml:8:5: an entry to ignore needs its reason: {reason: "..."}
		wrong.yml:8:5: an entry to ignore needs its last day: {expires: YYYY-MM-DD}
	END
)"

# refused NAME [PATTERN]: the file is refused in time, by one sentence.
refused() {
	run scan --config "$1" --show-config
	is status "$status" 2
	cat "$work/out"
	is lines "$(wc -l <"$work/err" | tr -d ' ')" 1
	grep -qE "$2" "$work/err" || cut -c 1-300 "$work/err"
}

echo 'jobs: 2' >good.yml
judge 'a file that others may write is not read' "$(
	for mode in 664 646 666 620; do
		cp good.yml writable.yml
		chmod "$mode" writable.yml
		refused writable.yml 'can be written by others than its owner'
	done
	chmod 600 writable.yml
	run scan --config writable.yml --show-config
	is status "$status" 0
)"
if [ "$(id -u)" -eq 0 ]; then
	judge 'a file in the working directory belongs to whoever runs it, or to root' "$(
		mkdir "$work/theirs"
		cd "$work/theirs" || exit
		cp ../here/good.yml relayaudit.yml
		chown 12345 relayaudit.yml
		run scan --show-config
		is status "$status" 2
		grep -q 'belongs neither to you nor to root' "$work/err" || cat "$work/err"
		run scan --config relayaudit.yml --show-config
		is status "$status" 0
		rm relayaudit.yml
		ln -s ../here/good.yml relayaudit.yml
		run scan --show-config
		is status "$status" 0
		chown -h 12345 relayaudit.yml
		run scan --show-config
		is status "$status" 2
	)"
else
	pass_over 'a file in the working directory belongs to whoever runs it, or to root' 'only root can give files away'
fi
judge 'what is no file is not opened' "$(
	mkfifo pipe.yml
	refused pipe.yml 'is not a regular file'
	mkdir folder.yml
	refused folder.yml 'is not a regular file'
	refused /dev/zero 'is not a regular file'
	ln -s loop.yml loop.yml
	refused loop.yml 'cannot be opened'
)"
judge 'hostile files end in a sentence' "$(
	awk 'BEGIN { printf "jobs: \""; for (i = 0; i < 1000000; i++) printf "0123456789"; print "\"" }' >line.yml
	refused line.yml 'larger than 4194304 bytes'
	awk 'BEGIN { printf "jobs: \""; for (i = 0; i < 400000; i++) printf "0123456789"; print "\"" }' >shorter.yml
	refused shorter.yml 'shorter.yml:1:7: jobs takes a number'
	awk 'BEGIN { printf "jobs: "; for (i = 0; i < 1000000; i++) printf "[" }' >deep.yml
	refused deep.yml 'deep.yml:1:14: lists and maps lie too deep'
	awk 'BEGIN { for (i = 0; i < 1000; i++) { for (k = 0; k < i; k++) printf " "; print "a:" } }' >stairs.yml
	refused stairs.yml 'stairs.yml:9:9: lists and maps lie too deep'
	{
		echo 'a: &a [x, x, x, x, x, x, x, x, x]'
		for i in b c d e f g h i; do echo "$i: &$i [*a, *a, *a, *a, *a, *a, *a, *a, *a]"; done
	} >bomb.yml
	run scan --config bomb.yml --show-config
	is status "$status" 2
	is first "$(head -n 1 "$work/err")" 'bomb.yml:1:4: an anchor has no place in this file: write the value where it belongs'
	[ "$(wc -l <"$work/err")" -le 51 ] || echo 'it was said too much'
	awk 'BEGIN { for (i = 0; i < 100000; i++) print "k" i ": v" }' >keys.yml
	run scan --config keys.yml --show-config
	is status "$status" 2
	[ "$(wc -l <"$work/err")" -eq 51 ] || echo 'it was not said in 50 lines'
	awk 'BEGIN { print "targets:"; for (i = 0; i < 1000; i++) print "  same.test:" }' >twice.yml
	run scan --config twice.yml --show-config
	is first "$(head -n 1 "$work/err")" "twice.yml:3:3: 'same.test' stands here again, after line 2"
	printf 'jobs: 2\nsuite: cla\000ssic\n' >nul.yml
	refused nul.yml 'nul.yml:2:11: the control character 0x00'
	printf 'targets:\n\ta: b\n' >tab.yml
	refused tab.yml 'tab.yml:2:1: a tab cannot indent'
	head -c 100000 /dev/urandom >noise.yml
	refused noise.yml 'noise.yml:[0-9]+:[0-9]+: the '
	printf 'a: !!python/object/apply:os.system ["id"]\n' >tag.yml
	run scan --config tag.yml --show-config
	is first "$(head -n 1 "$work/err")" 'tag.yml:1:4: a tag has no place in this file: every value is text'
)"
judge 'a mark before UTF-8, CRLF and a fleet are no mistakes' "$(
	printf '\357\273\277jobs: 2\r\nsuite: classic\r\n' >windows.yml
	run scan --config windows.yml --show-config
	cat "$work/err"
	is jobs "$(shown jobs)" '2 # windows.yml:1'
	is suite "$(shown suite)" 'classic # windows.yml:2'
	awk 'BEGIN { print "targets:"; for (i = 0; i < 20000; i++) print "  mx" i ".example.org: {domains: [d" i ".example.org], endpoints: [25, 465]}" }' >fleet.yml
	run scan --config fleet.yml --show-config
	cat "$work/err"
	is targets "$(grep -c '^  mx' "$work/out")" 20000
)"

done_judging
