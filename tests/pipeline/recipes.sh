#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The recipes in docs/examples, run as their runners do: a repository gets the headline's mistake,
# and the job fails at its file and line; the fix passes; an exception passes to its last day,
# and fails the day after. A run that tested nothing never passes.
#
# Environment: RELAYAUDIT, RELAYAUDIT_PROBEDIR, PRACTISED (the programs).

# shellcheck source=../house/house.sh
. "$(dirname "$0")/../house/house.sh"

need python3
python3 -c 'import yaml' 2>/dev/null || skip_all 'there is no python3-yaml'
if [ ! -x "${RELAYAUDIT:-}" ] || [ ! -x "${PRACTISED:-}" ]; then skip_all 'relayaudit or the practice server is not built'; fi
work=$(mktemp -d) || exit 99
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
mkdir -p "$work/bin" "$work/repository/postfix"
ln -s "$RELAYAUDIT" "$work/bin/relayaudit"
PATH=$work/bin:$PATH
XDG_CONFIG_HOME=$work XDG_STATE_HOME=$work GITHUB_STEP_SUMMARY=$work/summary
export PATH XDG_CONFIG_HOME XDG_STATE_HOME GITHUB_STEP_SUMMARY

cat >"$work/repository/postfix/master.cf" <<'END'
smtp      inet  n       -       y       -       -       smtpd
END

# main_cf NETWORK: the repository's main.cf trusts it, in line 5.
main_cf() {
	cat >"$work/repository/postfix/main.cf" <<END
myhostname = mail.example.org
mydestination = example.org, localhost
# The office, and this machine.
mynetworks = 127.0.0.0/8,
    $1
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
END
}

# day OFFSET: a day in UTC, as relayaudit.yml writes it.
day() { date -u -d "$1 day" +%Y-%m-%d; }

# ignore DAY FINDING...: the repository's relayaudit.yml bears these in line 5 until then.
ignore() {
	printf 'contact: postmaster@example.org\nignore:\n'
	last=$1
	shift
	for id; do printf '  - {finding: %s, where: "main.cf:5", reason: "the office moves", expires: %s}\n' "$id" "$last"; done
} >"$work/repository/relayaudit.yml"

# job RECIPE JOB STATUS: what was wrong with that.
job() {
	: >"$GITHUB_STEP_SUMMARY"
	(cd "$work/repository" && rm -f relayaudit.[!y]* && python3 "$OLDPWD/tests/pipeline/job.py" "$OLDPWD/docs/examples/$1.yml" "$2") >"$work/said" 2>&1
	ended=$?
	[ "$ended" -eq "$3" ] || { echo "$1 $2 ends with $ended" && cat "$work/said"; }
}

# at FILE LINE ID: that annotation stands in what the job said.
at() { grep -q "^::error file=$1,line=$2,title=$3::" "$work/said" || { echo "no $3 at $1:$2" && cat "$work/said"; }; }

# quality FILE LINE ID: likewise in GitLab's report.
quality() {
	python3 -c 'import json, sys
issues = json.load(open(sys.argv[1]))
wanted = [i for i in issues if (i["location"]["path"], str(i["location"]["lines"]["begin"]), i["check_name"]) == tuple(sys.argv[2:])]
print("" if wanted else json.dumps(issues, indent=1), end="")' "$work/repository/relayaudit.json" "$@"
}

rm -f "$work/repository/relayaudit.yml"
main_cf 210.196.1.2
judge 'GitHub: one office address passes' "$(job github-actions configuration 0; ! grep '^::error' "$work/said")"
judge 'GitLab: one office address passes' "$(job gitlab-ci relayaudit-configuration 0)"
main_cf 210.196.1.2/8
judge 'GitHub: with /8 behind it the job fails, at that file and line' "$(
	job github-actions configuration 1
	at postfix/main.cf 5 trust-oversized
	at postfix/main.cf 5 trust-host-bits
	grep -q '^## relayaudit: ' "$GITHUB_STEP_SUMMARY" || echo 'the summary is empty'
)"
judge 'GitLab: with /8 behind it the job fails, at that file and line' "$(job gitlab-ci relayaudit-configuration 1; quality postfix/main.cf 5 trust-oversized)"
main_cf 210.0.0.0/8
judge 'GitHub: so it does when the mask is mended and the network is not' "$(job github-actions configuration 1; at postfix/main.cf 5 trust-oversized)"

# The day may end between the date and the run: then it is asked once more, on the next.
ignore "$(day 0)" trust-oversized
judge 'GitHub: a known exception passes on its last day' "$(
	job github-actions configuration 0 >"$work/first"
	[ ! -s "$work/first" ] || { ignore "$(day 0)" trust-oversized && job github-actions configuration 0; }
	grep -q '^::notice file=postfix/main.cf,line=5,title=trust-oversized::' "$work/said" || cat "$work/said"
)"
judge 'GitLab: a known exception passes on its last day' "$(
	job gitlab-ci relayaudit-configuration 0 >"$work/first"
	[ ! -s "$work/first" ] || { ignore "$(day 0)" trust-oversized && job gitlab-ci relayaudit-configuration 0; }
)"
ignore "$(day -1)" trust-oversized
judge 'GitHub: the day after it fails, and says which exception has ended' "$(
	job github-actions configuration 1
	at postfix/main.cf 5 trust-oversized
	grep -q '^::warning file=relayaudit.yml,line=3,title=expired::' "$work/said" || cat "$work/said"
)"
judge 'GitLab: the day after it fails' "$(job gitlab-ci relayaudit-configuration 1; quality postfix/main.cf 5 trust-oversized)"
main_cf 210.196.1.2/8
ignore "$(day 30)" trust-oversized
judge 'GitHub: an exception is for its finding, and for no other' "$(job github-actions configuration 1; at postfix/main.cf 5 trust-host-bits)"
ignore "$(day 30)" trust-oversized trust-host-bits refuses-service
judge 'GitHub: all that the headline comes to can be borne' "$(job github-actions configuration 0)"

rm -f "$work/repository/postfix/main.cf"
judge 'GitHub: without a configuration no job passes' "$(job github-actions configuration 1; grep -q 'main.cf cannot be found' "$work/said" || cat "$work/said")"
judge 'GitLab: without a configuration no job passes' "$(job gitlab-ci relayaudit-configuration 2)"

# target PORT: the server of relayaudit.yml.
target() { printf 'targets:\n  127.0.0.1: {domains: [practice.test], endpoints: ["%s/none"]}\nsuite: classic\ntimeout: 5\n' "$1"; } >"$work/repository/relayaudit.yml"

# serve RULES: a practice server; its port.
mkfifo "$work/door"
serve() {
	"$PRACTISED" "tests/fake/rules/$1.rules" >"$work/door" 2>/dev/null &
	server=$!
	port=
	read -r _ port <"$work/door"
	target "$port"
}
stop() {
	{ kill "$server" && wait "$server"; } 2>/dev/null
	server=
}
serve closed-postfix
judge 'GitHub: a server that is closed passes' "$(job github-actions server 0)"
judge 'GitLab: a server that is closed passes' "$(job gitlab-ci relayaudit-server 0)"
stop
judge 'GitHub: a server that is not reached does not, at its line of relayaudit.yml' "$(job github-actions server 3; at relayaudit.yml 2 scan-incomplete)"
judge 'GitLab: a server that is not reached does not' "$(job gitlab-ci relayaudit-server 3; quality relayaudit.yml 2 scan-incomplete)"
serve open-plain
judge 'GitHub: a server that relays fails, at its line of relayaudit.yml' "$(job github-actions server 1; at relayaudit.yml 2 relay)"
judge 'GitLab: a server that relays fails' "$(job gitlab-ci relayaudit-server 1; quality relayaudit.yml 2 relay)"
stop

done_judging
