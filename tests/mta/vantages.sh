#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# vantages.sh: part of make check-mta. Every kind of vantage asks a real Postfix
# (and Exim, where the kind is its own) the whole default suite, over IPv4 and IPv6,
# in clear and with STARTTLS; and must come to what this machine's own connections
# from the same client address come to. The servers relay bounces for the near
# network: open, and soon told. At last the story of the mask that was too wide, from one
# command and four vantages.
#
# Environment: RELAYAUDIT, RELAYAUDIT_PROBEDIR, RELAYAUDIT_LAB, as for run.sh.
#
# Needs root. Runs in namespaces of its own, as run.sh does.

set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=apart.sh
. "$here/apart.sh"

outer() {
	apart_needs jq python3 ssh ssh-keygen
	apart 'postfix vantage-exim vantage'
}

# server MTA LAYER: its root, with the configuration of the MTA's name in vantage/.
server() {
	root=$(lab_root "$1" "$(lower "$2"):$(lower base)") || return 1
	server_log=$root/var/log/lab.log
	ip netns exec server unshare --mount --uts --ipc --pid --fork --kill-child \
		chroot "$root" sh /lab/init.sh vantage "$1" >"$work/$1.out" 2>&1 </dev/null &
	server_pid=$!
	tries=300
	while [ ! -e "$root/run/lab-started" ]; do
		kill -0 "$server_pid" 2>/dev/null && [ "$tries" -gt 0 ] || return 1
		tries=$((tries - 1))
		sleep 0.2
	done
	net_listening server 25 30 "$server_pid"
}

# within COMMAND...: beside the server, in its root and its namespaces.
within() { nsenter -t "$(pgrep -P "$server_pid" | head -n 1)" --all --root --wd "$@"; }

server_away() {
	kill -KILL "$server_pid" 2>/dev/null
	wait "$server_pid" 2>/dev/null
}

# What ssh, SOCKS and CONNECT go through: a host in the far network that has sshd and a
# proxy, and a proxy in the near one.
relays_up() {
	far_root=$(lab_root far "$(lower vantage):$(lower base)") || return 1
	mkdir -p "$far_root/run/sshd" "$far_root/root/.ssh" "$work/ssh"
	chmod 700 "$far_root/root/.ssh"
	ssh-keygen -q -t ed25519 -N '' -f "$far_root/etc/ssh/ssh_host_ed25519_key" &&
		ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/key" || return 1
	cp "$work/ssh/key.pub" "$far_root/root/.ssh/authorized_keys"
	chown 0:0 "$far_root/root/.ssh/authorized_keys"
	for address in 198.51.100.66 203.0.113.7; do
		echo "[$address]:2222 $(cat "$far_root/etc/ssh/ssh_host_ed25519_key.pub")"
	done >"$work/ssh/known"
	for ns in far near; do
		inside "$ns" chroot "$far_root" /usr/sbin/sshd -D -e -p 2222 -o UsePAM=no -o MaxStartups=100 >"$work/sshd.$ns.log" 2>&1 &
		net_listening "$ns" 2222 20 $! || return 1
	done
	# The configuration that ssh itself reads; the names are known nowhere else.
	cat >"$work/ssh/config" <<-END
		Host far-office
			HostName 198.51.100.66
		Host near-office
			HostName 203.0.113.7
		Host *
			IdentityFile $work/ssh/key
			UserKnownHostsFile $work/ssh/known
	END
	mount --bind "$work/ssh/config" /etc/ssh/ssh_config || return 1
	inside near python3 "$here/vantage/proxy.py" 1080 bob:secret >"$work/proxy.log" 2>&1 &
	net_listening near 1080 20 $! || return 1
	echo secret >"$work/password"
}

# scan NAMESPACE NAME TARGET... -- OPTION...: leaves NAME.json and its kin.
scan() (
	ns=$1 name=$2
	shift 2
	inside "$ns" env HOME="$work" timeout 300 "$RELAYAUDIT" scan --mine --domain example.org --local-user alice \
		--victim victim@probe.example.net --sender tester@probe.example.net \
		-o "json=$work/$name.json" -o "text=$work/$name.text" "$@" >"$work/$name.out" 2>&1 </dev/null
	echo $? >"$work/$name.status"
	[ -s "$work/$name.json" ] || echo '{}' >"$work/$name.json"
)

# outcomes NAME VANTAGE ENDPOINT-PATTERN: what each probe came to, a line each.
outcomes() {
	jq -r --arg vantage "$2" --arg at "$3" '.attempts[]? | select(.vantage == $vantage and (.endpoint | test($at)))
		| "\(.probe) \(.domain) \(.outcome) \(.proof)"' "$work/$1.json" | sort
}

# same NAME VANTAGE AT BASE-NAME BASE-VANTAGE BASE-AT TEXT
same() {
	outcomes "$1" "$2" "$3" >"$work/got"
	outcomes "$4" "$5" "$6" >"$work/wanted"
	[ -s "$work/wanted" ] && cmp -s "$work/got" "$work/wanted"
	check $? "$7 (as $5)" || {
		diff "$work/wanted" "$work/got" | head -n 20 | sed 's/^/# /'
		show 'the report' "$work/$1.text"
		show "relayaudit's output" "$work/$1.out"
		show "the server's log" "$server_log"
	}
}

# verdict NAME VANTAGE EXPECTED
verdict() {
	said=$(jq -r --arg vantage "$2" '.vantages[]? | select(.name == $vantage).verdict' "$work/$1.json")
	[ "$said" = "$3" ]
	check $? "$2: $3 (said ${said:-nothing})" || {
		show 'the report' "$work/$1.text"
		show "relayaudit's output" "$work/$1.out"
	}
}

# client NAME VANTAGE ADDRESS: as whom the report says that the server should see it.
client() {
	said=$(jq -r --arg vantage "$2" '.vantages[]? | select(.name == $vantage).client_address' "$work/$1.json")
	[ "$said" = "$3" ]
	check $? "$2: the client address is $3 (said ${said:-nothing})"
}


postfix_tunnels() {
	connect="python3 $here/vantage/connect.py {host} {port}"
	scan both own 192.0.2.25 2001:db8:25::25 -p 25,25/starttls \
		--from near=bind:near0 --from far=bind:far0 &
	scan near tunnels 192.0.2.25 2001:db8:25::25 -p 25,25/starttls \
		--from near-exec="exec:ip netns exec near $connect" --from far-exec="exec:ip netns exec far $connect" \
		--from far-ssh=ssh:root@far-office:2222 --from near-socks="socks5h://bob:@$work/password@203.0.113.7:1080" \
		--from near-http="http://bob:@$work/password@203.0.113.7:1080" --from far-agent=agent:https://far.probe.example.net:8625
	wait "$!"
	verdict own near open
	verdict own far closed
	for vantage in near-exec far-exec far-ssh far-agent near-socks near-http; do
		for at in 192.0.2.25 2001; do
			same tunnels "$vantage" "$at" own "${vantage%%-*}" "$at" "Postfix, $vantage at $at"
		done
	done
	client tunnels far-ssh null
	grep -c 'bob\|secret\|password' "$work/tunnels.json" | grep -qx 2
	check $? 'a report has the user of a proxy, and no password and no file'
}

postfix_claims() {
	scan server claims 127.0.0.1 ::1 \
		--from near-x4='xclient:203.0.113.8?port=10025,10025/starttls' \
		--from far-x4='xclient:198.51.100.67?port=10025,10025/starttls' \
		--from near-x6='xclient:2001:db8:113::8?port=10025,10025/starttls' \
		--from far-x6='xclient:2001:db8:66::67?port=10025' \
		--from near-v1='proxyv1:203.0.113.8?port=10026,10026/starttls' --from far-v1='proxyv1:2001:db8:66::67?port=10026' \
		--from near-v2='proxyv2:2001:db8:113::8?port=10026' --from far-v2='proxyv2:198.51.100.67?port=10026,10026/starttls'
	for vantage in near-x4 near-x6 near-v1 near-v2; do verdict claims "$vantage" open; done
	for vantage in far-x4 far-x6 far-v1 far-v2; do verdict claims "$vantage" closed; done
	client claims near-x6 2001:db8:113::8
	client claims far-v2 198.51.100.67
	# Not granted on the public listener: said, with what to do.
	scan far refused 192.0.2.25 -p 25 --from far=xclient:203.0.113.8
	jq -e '[.views[]?.reached_text // "" | test("offers us no XCLIENT: .*smtpd_authorized_xclient_hosts")] | any' \
		"$work/refused.json" >/dev/null
	check $? 'XCLIENT that is not granted is told, with how to grant it' || show 'the report' "$work/refused.text"
	# Postfix takes who starts it for a client that may relay.
	scan server submission 127.0.0.1 --from "local=exec:chroot $root sendmail -bs?expect=relay"
	jq -e '[.attempts[] | select(.probe == "plain").outcome] == ["accepted"]' "$work/submission.json" >/dev/null
	check $? 'sendmail -bs of Postfix takes mail from its own user, once for all endpoints' || {
		show 'the report' "$work/submission.text"
		show "relayaudit's output" "$work/submission.out"
	}
}

exim_kinds() {
	bh="exec:ip netns exec server chroot $root exim4 -bh {client}"
	scan both exim-own 192.0.2.25 -p 25 --from near=bind:203.0.113.8 --from far=bind:198.51.100.67 &
	scan server exim 127.0.0.1 -p 25 \
		--from near-bh="$bh?client=203.0.113.8" --from far-bh="$bh?client=198.51.100.67" \
		--from near-bh6="$bh?client=2001:db8:113::8" \
		--from near-v1=proxyv1:203.0.113.8 --from far-v1=proxyv1:2001:db8:66::67 \
		--from near-v2=proxyv2:2001:db8:113::8 --from far-v2=proxyv2:198.51.100.67
	wait "$!"
	verdict exim-own near open
	verdict exim-own far closed
	for vantage in near-bh near-bh6 near-v1 near-v2; do verdict exim "$vantage" open; done
	for vantage in far-bh far-v1 far-v2; do verdict exim "$vantage" closed; done
	client exim near-bh6 2001:db8:113::8
}

# The agent of the far network tests this server, and nothing else.
agent_up() {
	keys=$work/.config/relayaudit/agent
	env HOME="$work" "$RELAYAUDIT" agent keys init far.probe.example.net >"$work/keys.out" 2>&1 &&
		env HOME="$work" "$RELAYAUDIT" agent keys issue controller >>"$work/keys.out" 2>&1 || return 1
	mkdir "$work/agent"
	cat >"$work/agent.yml" <<-END
		listen: 198.51.100.66:8625
		ca: $keys/ca.pem
		crl: $keys/crl.pem
		certificate: $keys/agent.pem
		key: $keys/agent.key
		state: $work/agent
		clients: [{name: controller}]
		allow: [{prefix: 192.0.2.25, ports: [25]}, {prefix: "2001:db8:25::25", ports: [25]}]
	END
	inside far "$RELAYAUDIT" agent --config "$work/agent.yml" >"$work/agent.log" 2>&1 &
	agent=$!
	net_listening far 8625 20 "$agent"
}

# The office has 203.0.113.8, and is trusted.
story_up() {
	within postconf -e 'smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination' \
		'smtpd_authorized_xclient_hosts = 203.0.113.8'
	cat >"$work/relayaudit.yml" <<-END
		targets:
		  192.0.2.25: {domains: [example.org], endpoints: [25/none], local-user: alice}
		vantages:
		  far: {via: "agent:https://far.probe.example.net:8625"}
		  near: {via: "ssh:root@near-office:2222"}
		  office: {via: "bind:203.0.113.8", expect: relay}
		  simulated: {via: "xclient:203.0.113.9?bind=203.0.113.8"}
	END
}

# trusts NETWORK...: Postfix, from now on.
trusts() {
	within postconf -e "mynetworks = $*"
	within postfix reload >"$work/reload.out" 2>&1 || check 1 'Postfix reads its configuration anew'
}

# told NAME STATUS VERDICT...: of far, near, office and simulated.
told() {
	inside both env HOME="$work" timeout 300 "$RELAYAUDIT" scan --config "$work/relayaudit.yml" --victim victim@probe.example.net \
		--sender tester@probe.example.net -o "json=$work/$1.json" -o "text=$work/$1.text" >"$work/$1.out" 2>&1 </dev/null
	status=$?
	[ "$status" -eq "$2" ]
	check $? "$1: one report, and the run ends with $2 (ended with $status)" || show "relayaudit's output" "$work/$1.out"
	name=$1
	shift 2
	for vantage in far near office simulated; do
		verdict "$name" "$vantage" "$1"
		shift
	done
}

story() {
	story_up
	trusts 127.0.0.0/8 203.0.0.0/8
	told 'one office address written with 8 bits' 1 closed open open open
	trusts 127.0.0.0/8 203.0.113.8/32
	told 'the mask put right' 0 closed closed open closed
	trusts 127.0.0.0/8
	told 'the office locked out' 1 closed closed closed closed
}

# Every command of a vantage is gone with the scan.
none_is_left() {
	! pgrep -f 'vantage/connect.py|exim4 -bh|BatchMode=yes' >"$work/left"
	check $? 'no command of a vantage is left' || show 'what is left' "$work/left"
}

inner() {
	mount -t tmpfs -o mode=755 lab-run /run
	work=/run/lab
	mkdir "$work"
	printf '%s\n' "${LAB_ROOTS:?}" >"$work/lower"
	hostname probe.example.net
	: "${passed:=0}" "${failed:=0}" "${server_log:=}"
	for part in tap net world; do
		# shellcheck source=/dev/null
		. "$here/$part.sh"
	done
	{ net_up && world_up && relays_up && agent_up; } || {
		show 'DNS' "$work/dns.log"
		show 'sshd' "$work/sshd.near.log"
		show 'the proxy' "$work/proxy.log"
		show 'the agent' "$work/agent.log"
		echo 'Bail out! the network could not be built'
		exit 1
	}
	if server postfix postfix; then
		postfix_tunnels
		postfix_claims
		story
	else
		check 1 'Postfix starts' || show "the server's output" "$work/postfix.out"
	fi
	server_away
	if server exim vantage-exim; then
		exim_kinds
	else
		check 1 'Exim starts' || show "the server's output" "$work/exim.out"
	fi
	none_is_left
	server_away
	echo "1..$((passed + failed))"
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}

if [ "${1:-}" = --inside ]; then
	inner
else
	outer
fi
