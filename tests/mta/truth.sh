# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# What is true of a configuration, found without relayaudit: mail is really sent
# by another program (swaks), and the sink is asked whether it came.
: "${work:?}" "${here:?}"

: "${server_log:=}"
serial=0
caught=$work/world/root/var/sink

# say NAMESPACE ARGUMENTS: one message by swaks. ARGUMENTS is shell text from a
# configuration file in which {victim}, {victim_local}, {sender} and {token} are
# filled in; a sender, a recipient and a server are added where it names none.
# Returns swaks's status: 0 accepted, 21 to 28 refused (at the banner, at EHLO,
# MAIL, RCPT, DATA, the final dot). Sets token.
say() {
	serial=$((serial + 1))
	token=$(printf 'T%04d' "$serial")
	text=$(printf '%s\n' "$2" | sed \
		-e "s/{victim}/v$token@probe.example.net/g" -e "s/{victim_local}/v$token/g" \
		-e "s/{sender}/s$token@probe.example.net/g" -e "s/{token}/$token/g")
	case $text in *--from*) ;; *) text="$text --from s$token@probe.example.net" ;; esac
	case $text in *--to*) ;; *) text="$text --to v$token@probe.example.net" ;; esac
	case $text in *--server*) ;; *) text="$text --server 192.0.2.25" ;; esac
	case $text in *--helo*) ;; *) text="$text --helo $1.probe.example.net" ;; esac
	eval "set -- $1 $text"
	ns=$1
	shift
	inside "$ns" chroot "$work/world/root" swaks --timeout "${swaks_timeout:-60}" \
		--header "X-Lab-Token: $token" --suppress-data "$@" \
		>"$work/say.log" 2>&1 </dev/null
}

# came PATTERN SECONDS: whether the sink has, or within some time gets, a file.
came() (
	tries=$(($2 * 5))
	while :; do
		for file in "$caught"/$1; do [ ! -f "$file" ] || exit 0; done
		[ "$tries" -gt 0 ] || exit 1
		tries=$((tries - 1))
		sleep 0.2
	done
)

# Every check that follows: NAMESPACE CONFIGURATION ARGUMENTS.

truth_relays() {
	status=0
	say "$1" "$3" || status=$?
	# Greylisted, or a first visit that is always sent away.
	if [ "$status" -ne 0 ] && [ -n "$patience" ]; then
		sleep "$patience"
		status=0
		say "$1" "$3" || status=$?
	fi
	[ "$status" -eq 0 ] && came "$token.*[0-9]" 60
	check $? "$2 $1: really relays ($3)" || truth_show
}

# A stranger's plain message inside TLS: behind STARTTLS at port 25, or at a port that
# speaks TLS from the first byte.
truth_relays_inside_tls() {
	serial=$((serial + 1))
	token=$(printf 'T%04d' "$serial")
	inside "$1" chroot "$work/world/root" python3 /lab/starttls.py \
		"$1.probe.example.net" "$token" "$3" >"$work/say.log" 2>&1 </dev/null &&
		came "$token.*[0-9]" 60
	check $? "$2 $1: really relays inside TLS" || truth_show
}

# Accepted, but not a relay: nothing comes out. unwanted is looked at again when
# the configuration has been tested, so that a slow delivery is not missed.
truth_keeps() {
	say "$1" "$3"
	check $? "$2 $1: accepts ($3)" || truth_show
	unwanted="$unwanted $token"
}

truth_bounces() {
	truth_keeps "$@"
	came "bounce-s$token.*[0-9]" 60
	check $? "$2 $1: bounces it ($3)" || truth_show
}

# By swaks's status; 6: the server hung up without a word.
is_refusal() { [ "$1" -eq 6 ] || { [ "$1" -ge 21 ] && [ "$1" -le 28 ]; }; }

truth_refuses() {
	status=0
	say "$1" "$3" || status=$?
	is_refusal "$status"
	check $? "$2 $1: refuses ($3)" || truth_show
	unwanted="$unwanted $token"
}

# Refused after the go-ahead: in the envelope it looks like a relay.
truth_refuses_late() {
	status=0
	say "$1" "$3" || status=$?
	[ "$status" -eq 26 ]
	check $? "$2 $1: refuses at the final dot ($3)" || truth_show
	unwanted="$unwanted $token"
}

# Ordinary mail to a known user: taken from whoever the server serves.
truth_control() {
	status=0
	ordinary='--from tester@probe.example.net --to alice@example.org'
	say "$1" "$ordinary" || status=$?
	if [ "$status" -eq 24 ] && [ -n "$patience" ]; then
		sleep "$patience"
		status=0
		say "$1" "$ordinary" || status=$?
	fi
	case $3 in
	closed) [ "$status" -eq 0 ] ;;
	*) is_refusal "$status" ;;
	esac
	check $? "$2 $1: ordinary mail as expected of a vantage that is $3" || truth_show
}

truth_show() {
	show 'the dialogue' "$work/say.log"
	show "the server's log" "$server_log"
	show "the server's output" "$work/server.out"
	find "$caught" -type f | sed 's,.*/,# caught: ,'
}

# each CHECK NAMESPACE CONFIGURATION KEY: one check for each line of that key.
each() {
	config_get "$3" "$4" >"$work/lines.$4"
	while IFS= read -r line <&3; do
		"$1" "$2" "$3" "$line"
	done 3<"$work/lines.$4"
}

truth_at() {
	case $2 in
	open | undecided)
		each truth_relays "$1" "$3" relays
		each truth_keeps "$1" "$3" keeps
		each truth_relays_inside_tls "$1" "$3" relays-inside-tls
		each truth_refuses_late "$1" "$3" refuses-late
		;;
	closed | inconclusive)
		each truth_relays "$1" "$3" relays-limited
		truth_control "$1" "$3" "$2"
		truth_refuses "$1" "$3" ''
		each truth_refuses "$1" "$3" relays
		;;
	not-open)
		truth_refuses "$1" "$3" ''
		each truth_relays "$1" "$3" relays-limited
		each truth_keeps "$1" "$3" keeps
		each truth_bounces "$1" "$3" bounces
		each truth_refuses_late "$1" "$3" refuses-late
		;;
	*) check 1 "$3 $1: expectation '$2' is no verdict" ;;
	esac
	each truth_refuses "$1" "$3" refuses
}

truth() {
	unwanted=
	swaks_timeout=$(config_get "$1" timeout)
	patience=$(config_get "$1" patience)
	truth_at near "$(config_get "$1" near)" "$1"
	truth_at far "$(config_get "$1" far)" "$1"
}

# At the end: nothing has come out that should not have.
truth_stays() {
	stray=
	for token in $unwanted; do
		if came "$token.*[0-9]" 0; then stray="$stray $token"; fi
	done
	[ -z "$stray" ]
	check $? "$1: nothing else reached the sink$stray" || truth_show
}
