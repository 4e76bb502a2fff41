#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# agent.sh: an agent and its controller, tried from outside on loopback: the same
# verdicts as from here; nobody in who has no certificate, and nothing tested that the agent's
# own list does not name; bad clients cost good ones nothing, and bad agents cost their own results only.
#
# Environment: RELAYAUDIT, RELAYAUDIT_PROBEDIR, PRACTISED (the programs); AGENT_BAD (1000)
# bad clients; AGENT_FORGED (500) jobs that must not run; AGENT_MANY (50) agents of one run.

set -u
LC_ALL=C
export LC_ALL

: "${RELAYAUDIT:=relayaudit}" "${PRACTISED:=practised}" "${AGENT_BAD:=1000}" "${AGENT_FORGED:=500}" "${AGENT_MANY:=50}"
here=$(cd "$(dirname "$0")" && pwd) || exit 99
peers=$here/agents.py

for tool in jq python3 "$RELAYAUDIT" "$PRACTISED"; do
	command -v "$tool" >/dev/null 2>&1 || {
		echo "1..0 # SKIP there is no $tool"
		exit 0
	}
done

count=0
failed=0

# judge SENTENCE FAULTS: one result; FAULTS is what was wrong, a line each.
judge() {
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count - $1"
	else
		failed=$((failed + 1))
		echo "not ok $count - $1"
		printf '%s\n' "$2" | sed -n 's/^/# /; 1,20p'
	fi
}

# await FILE PATTERN PROCESS: until a line of the file is like that, or the process has ended.
await() {
	tail -n +1 -f --pid="$3" "$1" 2>/dev/null | grep -qm 1 "$2"
}

# start_server RULES: a practice server; sets `server` and `port`.
start_server() {
	rm -f "$work/words" "$work/counts"
	mkfifo "$work/words"
	"$PRACTISED" "$here/../fake/rules/$1.rules" >"$work/words" 2>"$work/counts" &
	server=$!
	read -r _ port <"$work/words"
}

# Its counts, as it ends.
stop_server() {
	kill -TERM "$server"
	wait "$server"
}

sessions() { sed -n 's/^sessions=//p' "$work/counts"; }

# start_agent [LINE]...: with these lines of configuration beside the usual ones; sets `agent` and `door`.
start_agent() {
	{
		echo 'listen: "127.0.0.1:0"'
		echo "ca: $keys/ca.pem"
		echo "crl: $keys/crl.pem"
		echo "certificate: $keys/agent.pem"
		echo "key: $keys/agent.key"
		echo "state: $state"
		echo 'helo: agent.example.net'
		echo 'clients: [{name: controller}, {name: second}, {name: forger}, {name: lost}]'
		printf '%s\n' "$@"
	} >"$work/agent.yml"
	mkdir -p "$state"
	# Not the file of an agent that still writes there.
	rm -f "$work/agent.log"
	: >"$work/agent.log"
	"$RELAYAUDIT" agent --config "$work/agent.yml" 2>>"$work/agent.log" &
	agent=$!
	await "$work/agent.log" ' agent: listening on ' "$agent"
	door=$(sed -n 's/.* agent: listening on .*:\([0-9]*\)$/\1/p' "$work/agent.log")
	if [ -z "$door" ]; then
		echo 'Bail out! the agent does not start'
		sed 's/^/# /' "$work/agent.log"
		exit 99
	fi
}

stop_agent() {
	kill -TERM "$agent"
	wait "$agent"
	status=$?
	cat "$work/agent.log" >>"$work/agents.log"
}

# scan NAME [OPTION]...: of the practice server; reports in NAME.json; sets `status`.
scan() {
	name=$1
	shift
	"$RELAYAUDIT" scan 127.0.0.1 --domain practice.test --local-user alice --timeout 5 --retry-after 0 --quiet \
		-o json="$work/$name.json" -o text="$work/$name.text" "$@" 2>"$work/$name.said"
	status=$?
}

# What a report says of the attempts and views, without what each run has of its own.
essence() {
	jq -r '(.attempts[] | [.probe, .tls, .outcome, .proof, .reason, .stage, .verdict, .why]),
		(.views[] | [.endpoint, .tls, .verdict, .reached, .throttled]),
		(.findings[] | [.id, .severity, .probe, .title]) | @tsv' "$work/$1.json" | sort
}

# wrong_at_agent NAME: what the report lacks to say that the vantage failed with these words.
told_as() {
	jq -r --arg what "$2" '.views[] | select(.reached != "vantage-failed" or ((.reached_text // "") | contains($what) | not)) |
		.reached + ": " + (.reached_text // "")' "$work/$1.json"
}

test_same_verdicts() {
	for rules in open-percent closed-exim tls-only open-after-tls; do
		start_server "$rules"
		start_agent "allow: [{prefix: 127.0.0.0/8, ports: [$port]}]"
		scan near --port "$port" --from local
		near=$status
		scan far --port "$port" --from "agent:https://localhost:$door"
		judge "the same verdicts as from here: $rules" "$(
			[ "$status" -eq "$near" ] || echo "the scan ends with $status, and with $near from here"
			essence near >"$work/near.tsv"
			essence far >"$work/far.tsv"
			diff "$work/near.tsv" "$work/far.tsv"
			[ "$(wc -l <"$work/far.tsv")" -gt 50 ] || cat "$work/far.said" "$work/far.text"
			jq -r '.vantages[] | select(.helo != "agent.example.net") | .helo' "$work/far.json"
		)"
		stop_agent
		stop_server
		rm -rf "$work/taken"
	done
	start_server tls-only
	start_agent "allow: [{name: localhost, ports: [$port]}]"
	"$RELAYAUDIT" scan localhost -4 --domain practice.test --local-user alice --quiet --port "$port/starttls" \
		--from "agent:https://localhost:$door" -o json="$work/far.json" 2>"$work/far.said"
	status=$?
	judge 'STARTTLS through an agent, to a server that its list has by name' "$(
		[ "$status" -eq 0 ] || cat "$work/far.said"
		jq -r '.views[] | select(.verdict != "closed" or .tls != "starttls") | .verdict' "$work/far.json"
		jq -r '.targets[].endpoints[] | select(.certificate == null and .tls_version == null and .tls == "none") | "no TLS"' "$work/far.json"
	)"
	stop_agent
	judge 'SIGTERM ends an agent' "$([ "$status" -eq 0 ] || echo "with $status")"
	stop_server
	rm -rf "$work/taken"
}

# One job of the practice server, as a controller sends it.
record_job() {
	scan recorded --port "$port" --probe plain --from "agent:https://localhost:$(bad_door honest)"
	judge 'an agent that says what it was asked is believed' "$(
		[ "$status" -eq 0 ] || cat "$work/recorded.said" "$work/recorded.text"
		[ -s "$keys/job.json" ] || echo 'no job was sent'
	)"
}

bad_door() { sed -n "s/^$1 //p" "$work/bad"; }

test_keys() {
	judge 'keys are readable by their owner alone, and nothing is written over' "$(
		find "$keys" -name '*.key' ! -perm 600
		find "$keys" -name '*.pem' ! -perm 644
		"$RELAYAUDIT" agent keys init localhost 2>"$work/said" && echo 'a second authority is made'
		grep -q 'is there already' "$work/said" || cat "$work/said"
		"$RELAYAUDIT" agent keys issue controller 2>"$work/said" && echo 'a second certificate is made'
		grep -q 'is there already' "$work/said" || cat "$work/said"
		"$RELAYAUDIT" agent keys issue ../evil 2>"$work/said" && echo 'a name leads elsewhere'
		"$RELAYAUDIT" agent keys revoke nobody 2>"$work/said" && echo 'nobody is revoked'
		grep -q 'none is taken back' "$work/said" || cat "$work/said"
		cmp "$keys/controller.key" "$work/controller.key"
	)"
}

test_who_is_let_in() {
	scan none --port "$port" --from "agent:https://localhost:$door?ca=$keys/other/ca.pem"
	judge 'an agent of another authority is not believed' "$(
		[ "$status" -eq 3 ] || echo "the scan ends with $status"
		told_as none 'certificate is not trusted'
	)"
	scan none --port "$port" --from "agent:https://localhost:$door?certificate=$keys/other/controller.pem&key=$keys/other/controller.key"
	judge 'a client of another authority is not let in' "$(
		[ "$status" -eq 3 ] || echo "the scan ends with $status"
		told_as none 'the agent failed'
	)"
	judge 'without a certificate, not a byte of HTTP is answered' "$(python3 "$peers" far "$keys" "$door" | grep -vx none)"
	"$RELAYAUDIT" agent keys --dir "$keys" issue stranger >"$work/said"
	judge 'a good certificate that the configuration does not name is refused' "$(
		python3 "$peers" get "$keys" "$door" /v1/health stranger | grep -v '^403 '
	)"
	judge 'health and version are told' "$(
		python3 "$peers" get "$keys" "$door" /v1/health | grep -vx '200 {"status":"ok","jobs":0}'
		python3 "$peers" get "$keys" "$door" /v1/version | grep -v '^200 {"name":"relayaudit","version":"'
		python3 "$peers" get "$keys" "$door" /v1/jobs | grep -v '^405 '
		python3 "$peers" get "$keys" "$door" /etc/passwd | grep -v '^404 '
		python3 "$peers" get "$keys" "$door" '/v1/caught?run=abcdefgh' | grep -v '^404 '
	)"
	"$RELAYAUDIT" agent keys --dir "$keys" issue lost >"$work/said"
	judge 'a revoked certificate is refused, without a restart' "$(
		python3 "$peers" get "$keys" "$door" /v1/health lost | grep -v '^200 '
		"$RELAYAUDIT" agent keys --dir "$keys" revoke lost >"$work/said"
		await "$work/agent.log" 'revoked certificates was read anew' "$agent" || echo 'the list is not read again'
		python3 "$peers" get "$keys" "$door" /v1/health lost | grep -v '^0 '
		python3 "$peers" get "$keys" "$door" /v1/health | grep -v '^200 '
	)"
}

test_what_runs() {
	judge 'a job runs once' "$(
		python3 "$peers" post "$keys" "$door" "$keys/job.json" | grep -v '^200 {'
		python3 "$peers" post "$keys" "$door" "$keys/job.json" | grep -v '^403 .*was taken before'
	)"
	stop_agent
	start_agent "$allow"
	judge 'and once after a restart' "$(python3 "$peers" post "$keys" "$door" "$keys/job.json" | grep -v '^403 .*was taken before')"
	head -c 3000000 /dev/zero | tr '\0' ' ' >"$work/huge"
	judge 'a huge body is refused' "$(python3 "$peers" post "$keys" "$door" "$work/huge" second | grep -vE '^(413|400|0) ')"
	stop_server
	start_server closed-postfix
	stop_agent
	start_agent "allow: [{prefix: 127.0.0.1, ports: [$port]}]"
	jq -c --argjson port "$port" '.endpoints[0].port = $port' "$keys/job.json" >"$work/port.json"
	python3 "$peers" forge "$keys" "$door" "$work/port.json" 10 second >"$work/kinds"
	judge 'each kind of them is refused for what it is' "$(
		sed -n 's/^kind \([0-9]*\) \([0-9]*\) .*/\1 \2/p' "$work/kinds" | tr '\n' ' ' |
			grep -qx '0 403 1 403 2 403 3 403 4 403 5 403 6 400 7 400 8 400 9 403 ' || cat "$work/kinds"
	)"
	judge "$AGENT_FORGED forged, replayed, expired and out-of-list jobs: none of them runs" "$(
		python3 "$peers" forge "$keys" "$door" "$work/port.json" "$AGENT_FORGED" forger >"$work/forged"
		awk '{ if ($1 == 200) print "ran: " $2; n += $2 } END { if (n != '"$AGENT_FORGED"') print n }' "$work/forged"
	)"
	stop_server
	judge 'the server saw no session of them' "$([ "$(sessions)" -eq 0 ] || cat "$work/counts" "$work/forged")"
	stop_agent
}

test_leaving() {
	cat >"$work/slow.rules" <<-'EOF'
		domain practice.test
		user postmaster alice
		reply-delay 300
	EOF
	: >"$work/slow.port"
	"$PRACTISED" "$work/slow.rules" >>"$work/slow.port" 2>"$work/slow.counts" &
	slow=$!
	await "$work/slow.port" . "$slow"
	read -r _ slow_port <"$work/slow.port"
	start_agent "allow: [{prefix: 127.0.0.0/8, ports: [$slow_port]}]"
	rm -rf "$work/taken"
	jq -c --argjson port "$slow_port" '.endpoints[0].port = $port | .nonce = "leavesleavesleavesleavesleavesle"' "$keys/job.json" >"$work/slow.json"
	python3 "$peers" leave "$keys" "$door" "$work/slow.json" >"$work/said"
	judge 'a client that leaves ends its job' "$(
		await "$work/agent.log" 'the client left' "$agent" || cat "$work/agent.log" "$work/said"
		python3 "$peers" get "$keys" "$door" /v1/health | grep -vx '200 {"status":"ok","jobs":0}'
	)"
	: >"$work/cut.said"
	"$RELAYAUDIT" scan 127.0.0.1 --domain practice.test --port "$slow_port" -o json="$work/cut.json" -o text="$work/cut.text" \
		--from "agent:https://localhost:$door" 2>>"$work/cut.said" &
	scanner=$!
	until python3 "$peers" get "$keys" "$door" /v1/health | grep -q '"jobs":1}' || ! kill -0 "$scanner"; do :; done
	kill -INT "$scanner"
	wait "$scanner"
	status=$?
	judge 'a scan that is interrupted says what it knows, and ends its jobs' "$(
		[ "$status" -eq 3 ] || echo "it ends with $status"
		jq -r 'select(.run.interrupted != true and .interrupted != true) | "not told"' "$work/cut.json"
		until python3 "$peers" get "$keys" "$door" /v1/health | grep -q '"jobs":0}' || ! kill -0 "$agent"; do :; done
		[ "$(grep -c 'the client left' "$work/agent.log")" -eq 2 ] || cat "$work/agent.log"
	)"
	stop_agent
	kill -TERM "$slow"
	wait "$slow"
}

# A good client each second, while bad ones come.
test_siege() {
	start_server closed-postfix
	start_agent "allow: [{prefix: 127.0.0.0/8, ports: [$port]}]"
	scan before --port "$port" --probe plain --from "agent:https://localhost:$door"
	first=$status
	python3 "$peers" besiege "$keys" "$door" "$AGENT_BAD" >"$work/besieged" 2>&1 &
	besieger=$!
	good=0
	lost=0
	while kill -0 "$besieger" 2>"$work/said"; do
		scan during --port "$port" --probe plain --from "agent:https://localhost:$door"
		good=$((good + 1))
		if [ "$status" -ne 0 ]; then
			lost=$((lost + 1))
			cp "$work/during.text" "$work/lost.text"
		fi
	done
	wait "$besieger"
	judge "$AGENT_BAD bad clients, and of $good good jobs meanwhile none is lost" "$(
		[ "$first" -eq 0 ] || cat "$work/before.said"
		[ "$lost" -eq 0 ] || cat "$work/lost.text"
		[ "$good" -gt 0 ] || echo 'there was no good one meanwhile'
		grep -qx "visits $AGENT_BAD" "$work/besieged" || cat "$work/besieged"
	)"
	stop_agent
	judge 'what the log says is printable, and nothing broke' "$(
		grep -n '[^ -~]' "$work/agents.log" | cat -v
		grep -hE 'Sanitizer|runtime error' "$work/agents.log" "$work"/*.said
	)"
	stop_server
}

# Each way of failing costs that agent's own results, and is told.
test_bad_agents() {
	set --
	while read -r name place; do
		case $name in ready | is-silent | is-alive-for-ever) continue ;; esac
		set -- "$@" --from "$name=agent:https://localhost:$place"
	done <"$work/bad"
	scan bad --port "$port" --from here=local "$@"
	judge 'agents that lie, die or never end fail by themselves, and the others are complete' "$(
		[ "$status" -eq 3 ] || echo "the scan ends with $status"
		jq -r '.views[] | select(.vantage == "here" or .vantage == "honest") | select(.verdict != "closed") | .vantage + " is " + .verdict' "$work/bad.json"
		jq -r '.views[] | select(.vantage != "here" and .vantage != "honest" and .vantage != "goes-on") | select(.reached != "vantage-failed" or .verdict == "closed") |
			.vantage + ": " + .reached + " " + .verdict + " " + (.reached_text // "")' "$work/bad.json"
		jq -r '.attempts[] | select(.proof == "delivered" or .proof == "data") | .vantage + " is believed"' "$work/bad.json"
		jq -e '[.views[]] | length > 15' "$work/bad.json" >"$work/said" || echo 'there are too few'
		cat -v "$work/bad.text" | grep -n '\^\[' | head -n 3
	)"
}

# As many as fleets have, four of them bad, and one of those hangs until its time is over: meanwhile the other tests go on.
begin_many_agents() {
	start_server closed-exim
	many_server=$server
	state=$work/many.taken
	start_agent "allow: [{prefix: 127.0.0.0/8, ports: [$port]}]" 'limits: {jobs: 64, jobs-per-client: 64}'
	state=$work/taken
	many_agent=$agent
	set --
	number=4
	while [ "$number" -lt "$AGENT_MANY" ]; do
		set -- "$@" --from "a$number=agent:https://localhost:$door"
		number=$((number + 1))
	done
	for name in says-delivered is-silent is-alive-for-ever sends-endless-bytes; do
		set -- --from "$name=agent:https://localhost:$(bad_door $name)" "$@"
	done
	(
		begun=$(date +%s)
		scan many --port "$port" --probe plain --timeout 0.5 "$@"
		echo "status=$status took=$(($(date +%s) - begun))" >"$work/many.end"
	) &
	many=$!
}

end_many_agents() {
	wait "$many"
	status=99 took=999
	# shellcheck source=/dev/null
	. "$work/many.end"
	judge "$AGENT_MANY agents in one run, one that lies, one that hangs, one that never ends, one that sends without end: $took s" "$(
		[ "$status" -eq 3 ] || echo "the scan ends with $status"
		[ "$(jq -r '[.views[] | select(.verdict == "closed" and .reached == "reached")] | length' "$work/many.json")" -eq $((AGENT_MANY - 4)) ] ||
			jq -r '.views[] | .vantage + " " + .reached + " " + (.reached_text // "")' "$work/many.json"
		[ "$(jq -r '[.views[] | select(.reached == "vantage-failed")] | length' "$work/many.json")" -eq 4 ] || echo 'not four of them failed'
		[ "$took" -lt 90 ] || echo "it took $took s"
	)"
	kill -TERM "$many_agent" "$many_server"
	wait "$many_agent" "$many_server"
}

# A sink at the agent, and test messages that it sends.
test_proof() {
	cp "$here/../fake/rules/open-percent.rules" "$work/open.rules"
	"$RELAYAUDIT" sink --help >"$work/said"
	start_agent "allow: [{prefix: 127.0.0.0/8, ports: [1]}]" 'messages: yes' "sink: {listen: \"127.0.0.1:0\", domains: [sink.test], store: $work/store, key: $work/key}"
	sink_port=$(sed -n 's/.* sink: listening on .*:\([0-9]*\)$/\1/p' "$work/agent.log")
	sed "s/^deliver .*//" "$work/open.rules" >"$work/relay.rules"
	echo "deliver 127.0.0.1:$sink_port" >>"$work/relay.rules"
	: >"$work/relay.port"
	"$PRACTISED" "$work/relay.rules" >>"$work/relay.port" 2>"$work/relay.counts" &
	relay=$!
	await "$work/relay.port" . "$relay"
	read -r _ relay_port <"$work/relay.port"
	door_before=$door
	kill -TERM "$agent"
	wait "$agent"
	sed -i "s/ports: \[1\]/ports: [$relay_port]/; s/listen: \"127.0.0.1:0\", domains/listen: \"127.0.0.1:$sink_port\", domains/" "$work/agent.yml"
	# Not the file of an agent that still writes there.
	rm -f "$work/agent.log"
	: >"$work/agent.log"
	"$RELAYAUDIT" agent --config "$work/agent.yml" 2>>"$work/agent.log" &
	agent=$!
	await "$work/agent.log" ' agent: listening on ' "$agent"
	door=$(sed -n 's/.* agent: listening on .*:\([0-9]*\)$/\1/p' "$work/agent.log")
	scan proof --port "$relay_port" --probe percent-at-host --probe plain --confirm --key "$work/key" --victim relaytest@sink.test \
		--sink "agent:https://localhost:$door" --wait 20 --from "agent:https://localhost:$door"
	judge 'a message that an agent sent, and its sink caught, is proof' "$(
		[ "$status" -eq 1 ] || cat "$work/proof.said" "$work/proof.text"
		[ "$door" != "$door_before" ] || true
		jq -r '.attempts[] | select(.probe == "percent-at-host") | select(.proof != "delivered") | .outcome + " " + (.proof // "") + " " + (.why // "")' "$work/proof.json"
	)"
	kill -TERM "$relay"
	wait "$relay"
	stop_agent
}

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
XDG_CONFIG_HOME=$work/config
XDG_STATE_HOME=$work/state
export XDG_CONFIG_HOME XDG_STATE_HOME
keys=$work/config/relayaudit/agent
state=$work/taken
: >"$work/agents.log"
"$RELAYAUDIT" agent keys init localhost 127.0.0.1 >"$work/said" || exit 99
for name in controller second forger; do "$RELAYAUDIT" agent keys issue "$name" >"$work/said" || exit 99; done
"$RELAYAUDIT" agent keys --dir "$keys/other" init localhost >"$work/said" || exit 99
"$RELAYAUDIT" agent keys --dir "$keys/other" issue controller >"$work/said" || exit 99
mkfifo "$work/hold"
: >"$work/bad"
python3 "$peers" bad "$keys" <"$work/hold" >>"$work/bad" 2>"$work/bad.said" &
bad=$!
exec 8>"$work/hold"
await "$work/bad" '^ready$' "$bad"

cp "$keys/controller.key" "$work/controller.key"
begin_many_agents
test_keys
test_same_verdicts
start_server closed-postfix
allow="allow: [{prefix: 127.0.0.1, ports: [$port]}]"
start_agent "$allow"
record_job
test_who_is_let_in
test_bad_agents
test_what_runs
test_leaving
test_siege
test_proof
end_many_agents
exec 8>&-
wait "$bad"
echo "1..$count"
[ "$failed" -eq 0 ]
