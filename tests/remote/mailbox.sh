#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Proof from a mailbox of Dovecot's, which runs without privileges, on loopback, on
# a port that it finds free, with a certificate made here.

# shellcheck source=../house/house.sh
. "$(dirname "$0")/../house/house.sh"

PATH=$PATH:/usr/sbin:/sbin
need dovecot openssl
[ -x "${WATCHED:=$HOUSE_BUILD/tests/fake/watched}" ] || skip_all 'the watcher is not built'

work=$(mktemp -d) || exit 99
dovecot=
watcher=
end() {
	[ -z "$watcher" ] || kill "$watcher"
	[ -z "$dovecot" ] || kill "$dovecot"
	wait
	rm -rf "$work"
} 2>/dev/null
trap end EXIT
trap 'exit 99' HUP INT TERM

# Dovecot runs as who we are, or as nobody where that is root.
as=
user=$(id -un)
group=$(id -gn)
if [ "$(id -u)" -eq 0 ]; then
	user=nobody
	group=$(id -gn nobody)
	as="setpriv --reuid=$user --regid=$group --clear-groups"
fi

chmod 755 "$work"
mkdir "$work/run" "$work/tmp" "$work/mail" && chown "$user:$group" "$work/run" "$work/tmp" "$work/mail"
echo 'tester:{PLAIN}s3cret word::::::' >"$work/users"
echo 's3cret word' >"$work/password"
echo 'another' >"$work/wrong"
printf 'machine elsewhere login tester password no\nmachine 127.0.0.1 login tester password "s3cret word"\n' >"$work/netrc"
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=practice mailbox' \
		-addext 'subjectAltName=IP:127.0.0.1' -keyout "$work/key.pem" -out "$work/cert.pem" &&
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=another' \
			-keyout "$work/other.key" -out "$work/other.pem"
} 2>"$work/openssl.log" || { sed 's/^/# /' "$work/openssl.log"; exit 99; }
chown "$user:$group" "$work/key.pem"

configure() {
	cat <<END
base_dir = $work/run
state_dir = $work/run
default_internal_user = $user
default_internal_group = $group
default_login_user = $user
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <$work/cert.pem
ssl_key = <$work/key.pem
mail_location = maildir:$work/mail
first_valid_uid = 1
first_valid_gid = 1
passdb {
  driver = passwd-file
  args = $work/users
}
userdb {
  driver = static
  args = uid=$(id -u "$user") gid=$(id -g "$user") home=$work/tmp
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $1
  }
  inet_listener imaps {
    port = $2
  }
}
service stats {
  chroot =
}
END
}

# Starts Dovecot and waits until it listens; the ports are taken where others have them.
launch() {
	configure "$1" "$2" >"$work/dovecot.conf"
	rm -f "$work/said"
	mkfifo "$work/said"
	# shellcheck disable=SC2086 # words
	$as dovecot -F -c "$work/dovecot.conf" >"$work/said" 2>&1 </dev/null &
	dovecot=$!
	exec 4<"$work/said"
	while read -r line <&4; do
		printf '%s\n' "$line" >>"$work/log"
		case $line in *' starting up '*) break ;; esac
	done
	case $line in *' starting up '*) cat <&4 >>"$work/log" & ;; *) wait "$dovecot"; dovecot=; false ;; esac
}

tries=20
while
	port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
	! launch "$port" $((port + 1))
do
	tries=$((tries - 1))
	if [ "$tries" -eq 0 ] || ! grep -q 'Address already in use' "$work/log"; then
		sed 's/^/# /' "$work/log"
		echo 'Bail out! Dovecot does not start'
		exit 99
	fi
done
tls=imaps://tester@127.0.0.1:$((port + 1))
clear=imap://tester@127.0.0.1:$port

token() { "$WATCHED" token "$work/token.key" "$1" "$2"; }

# deliver: a message from standard input, whole or not at all.
deliver() {
	sed 's/$/\r/' >"$work/message"
	# shellcheck disable=SC2016,SC2086 # the inner shell's; words
	$as sh -c 'mkdir -p "$1/new" "$1/cur" "$1/tmp" && cat >"$1/tmp/$2" && mv "$1/tmp/$2" "$1/new/$2"' sh "$work/mail" \
		"$(od -An -N8 -tx8 /dev/urandom | tr -d ' ').practice" <"$work/message"
}

# message SUBJECT TOKEN [LINE]...
message() {
	subject=$1
	printf 'Subject: %s\nFrom: <a@practice.test>\nX-Relayaudit-Token: %s\n\n' "$subject" "$2"
	shift 2
	[ $# -eq 0 ] || printf '%s\n' "$@"
}

# answer SUBJECT TOKEN: what quotes our message.
answer() {
	printf 'Subject: %s\nFrom: MAILER-DAEMON\n\nIt could not be delivered.\n\n' "$1"
	message 'ours' "$2" | sed 's/^/> /'
}

# watch URL PASSWORD-FILE [CA-FILE]; what it says is read from descriptor 3.
watch() {
	url=$1
	shift
	[ -p "$work/seen" ] || mkfifo "$work/seen"
	timeout 300 "$WATCHED" mailbox "$work/token.key" runrunru "$url" "$@" >"$work/seen" 2>&1 </dev/null &
	watcher=$!
	exec 3<"$work/seen"
}

leave() {
	kill "$watcher" 2>/dev/null
	wait "$watcher" 2>/dev/null
	watcher=
	exec 3<&-
}

# says SENTENCE LINE: the watcher's next line begins like that.
says() {
	line='nothing'
	read -r line <&3
	judge "$1" "$(case $line in "$2"*) ;; *) echo "$line"; tail -n 5 "$work/log" ;; esac)"
}

message old "$(token runrunru 1)" | deliver
watch "$tls" "$work/password" "$work/cert.pem"
says 'a mailbox is opened over TLS' ready
message first "$(token runrunru 2)" | deliver
says 'a message that was delivered is seen, and none that is older' 'seen 2 Subject: first'
message foreign "$(token anptherr 3)" | deliver
message forged "$(token runrunru 4 | tr a-f b-g)" | deliver
answer bounce "$(token runrunru 5)" | deliver
says 'a bounce is seen by what it quotes, and neither a message of another run nor a forged one' 'seen 5 Subject: bounce'
message hostile "$(token runrunru 6)" 'p7 OK done' '* BYE' '* 9 FETCH (UID 9 BODY[HEADER]<0> {4}' 'none)' "$(printf '\033[2J\001')" | deliver
says 'what stands in a message is no response of the server' 'seen 6 Subject: hostile'
{ message long "$(token runrunru 7)" && yes 'twenty characters ...' | head -n 50000; } | deliver
says 'a message of a megabyte is seen' 'seen 7 Subject: long'
{ printf 'Subject: deep\n\n' && yes 'twenty characters ...' | head -n 50000 && token runrunru 8; } | deliver
printf 'Subject: reply\nIn-Reply-To: <%s@practice.test>\n\nI am away.\n' "$(token runrunru 9)" | deliver
says 'an answer that quotes nothing is seen by what it refers to; nobody looks deep into a message' 'seen 9 Subject: reply'

kill "$dovecot"
wait "$dovecot" 2>/dev/null
message meanwhile "$(token runrunru 10)" | deliver
launch "$port" $((port + 1)) || { sed 's/^/# /' "$work/log"; exit 99; }
says 'a line that was lost is opened again, and nothing is told twice or lost' 'seen 10 Subject: meanwhile'
leave
judge 'nothing was marked as seen' "$(find "$work/mail" -name '*:2,*S*')"

watch "$clear/INBOX" "$work/netrc"
says 'without TLS on loopback, with a netrc' ready
message clear "$(token runrunru 11)" | deliver
says 'a message is seen without TLS, too' 'seen 11 Subject: clear'
leave

# refuses SENTENCE REGULAR-EXPRESSION URL PASSWORD-FILE [CA-FILE]
refuses() {
	sentence=$1
	pattern=$2
	shift 2
	watch "$@"
	line='nothing'
	read -r line <&3
	leave
	judge "$sentence" "$(printf '%s\n' "$line" | grep -vE "^failed .*$pattern"; printf '%s\n' "$line" | grep s3cret)"
}

refuses 'a wrong password is told' 'refused the user or the password' "$tls" "$work/wrong" "$work/cert.pem"
refuses 'a certificate of another authority is not trusted' 'certificate is not trusted' "$tls" "$work/password" "$work/other.pem"
refuses 'nor is one of no authority at all' 'certificate is not trusted' "$tls" "$work/password"
refuses 'a file of authorities that is not there is told' 'file of authorities cannot be read' "$tls" "$work/password" "$work/none.pem"
refuses 'a mailbox that is not there is told' 'does not open a mailbox of this name' "$tls/Nowhere" "$work/password" "$work/cert.pem"
refuses 'a file of passwords that is not there is told' 'none' "$tls" "$work/none" "$work/cert.pem"

done_judging
