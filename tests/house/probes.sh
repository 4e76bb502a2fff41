#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The catalogue of probes: each file is well formed and complete, and the suites hold
# what their descriptions promise.  Says nothing about the language itself: the
# parser's own tests do that.

# shellcheck source=house.sh
. "$(dirname "$0")/house.sh"

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM

set -- probes/*.probe
[ -f "$1" ] || skip_all 'there is no probe'

# Reads every probe into rows "STEM KEY VALUE", one a key, and "STEM -> LINE" and
# "STEM <- LINE" for the dialogue, in order.  Continued values are joined.
awk '
	function flush() {
		if (key != "")
			printf "%s\t%s\t%s\n", stem, key, value
		key = ""
	}
	FNR == 1 {
		flush()
		stem = FILENAME
		sub(/.*\//, "", stem)
		sub(/\.probe$/, "", stem)
		script = 0
	}
	/^#/ { next }
	/^$/ { flush(); script = 1; next }
	script && /^ -> / { printf "%s\t->\t%s\n", stem, substr($0, 5); next }
	script && /^<-  / { printf "%s\t<-\t%s\n", stem, substr($0, 5); next }
	script && /^=== tls$/ { printf "%s\t===\ttls\n", stem; next }
	script { printf "%s\t?\t%s\n", stem, $0; next }
	/^[ \t]/ { sub(/^[ \t]+/, " "); value = value $0; next }
	/^[a-z-]+: / {
		flush()
		key = $0
		sub(/: .*/, "", key)
		value = $0
		sub(/^[a-z-]+: /, "", value)
		next
	}
	{ flush(); printf "%s\t?\t%s\n", stem, $0 }
	END { flush() }
' "$@" > "$work/rows"

# "PLACE STEM" of those in the suite, in order.
in_suite() {
	awk -F '\t' -v suite="$1" '
		$2 == "suites" {
			n = split($3, words, " ")
			for (i = 1; i <= n; i++) {
				split(words[i], pair, "=")
				if (pair[1] == suite)
					print (pair[2] == "" ? 0 : pair[2]), $1
			}
		}
	' "$work/rows" | sort -n
}

in_suite classic > "$work/classic"
in_suite default > "$work/default"
in_suite thorough > "$work/thorough"

# rows_of LIST: the rows of the probes in that suite only.
rows_of() {
	awk -F '\t' 'NR == FNR { split($0, w, " "); wanted[w[2]] = 1; next } $1 in wanted' "$work/$1" "$work/rows"
}

rows_of default > "$work/default-rows"

judge 'lines are short and clean' "$(
	awk '
		length($0) > 100 { print FILENAME ":" FNR ": longer than 100 bytes" }
		/[ \t]$/ { print FILENAME ":" FNR ": white space at its end" }
		/\t/ { print FILENAME ":" FNR ": a tab (write \\t)" }
		/\r/ { print FILENAME ":" FNR ": a carriage return (write \\r)" }
	' "$@"
)"

judge 'every line is metadata or dialogue' "$(
	awk -F '\t' '$2 == "?" { print $1 ": not understood: " $3 }' "$work/rows"
)"

judge 'every key is known' "$(
	awk -F '\t' '
		BEGIN {
			n = split("name title suites control explain bites fix reference requires risk classic-sender opening finding shown-by intrusive", k, " ")
			for (i = 1; i <= n; i++)
				known[k[i]] = 1
		}
		$2 != "->" && $2 != "<-" && $2 != "===" && $2 != "?" && !($2 in known) { print $1 ": no such key: " $2 }
	' "$work/rows"
)"

judge 'every probe has the keys that it needs' "$(
	awk -F '\t' '
		{ stems[$1] = 1; has[$1, $2]++ }
		$2 == "fix" && $3 ~ /^\*: / { any[$1] = 1 }
		$2 == "title" && length($3) > 60 { print $1 ": its title has " length($3) " characters, at most 60 fit" }
		($2 == "bites" || $2 == "fix") && $3 !~ /^[^ :]+: ./ { print $1 ": " $2 " names no server: " $3 }
		END {
			for (stem in stems) {
				n = split("name title explain bites fix reference", needed, " ")
				for (i = 1; i <= n; i++)
					if (!has[stem, needed[i]])
						print stem ": has no " needed[i]
				if (!any[stem])
					print stem ": has no fix for other servers (fix: *: ...)"
				if (!has[stem, "suites"] == !has[stem, "control"])
					print stem ": needs suites, or control, and not both"
				n = split("name title suites control explain requires risk classic-sender opening finding shown-by intrusive", once, " ")
				for (i = 1; i <= n; i++)
					if (has[stem, once[i]] > 1)
						print stem ": has " once[i] " twice"
			}
		}
	' "$work/rows"
)"

judge 'every fix is for a server that we know' "$(
	awk -F '\t' '
		$2 == "fix" {
			make = $3
			sub(/:.*/, "", make)
			if (make !~ /^(\*|postfix|exim|sendmail|opensmtpd|courier|qmail|haraka|exchange|domino)$/)
				print $1 ": a fix for an unknown server: " make
		}
	' "$work/rows"
)"

judge 'names are those of the files' "$(
	awk -F '\t' '
		$2 == "name" && $3 != $1 { print $1 ": is named " $3 }
		$2 == "name" && $3 !~ /^[a-z0-9]+(-[a-z0-9]+)*$/ { print $1 ": " $3 " is not in kebab-case" }
	' "$work/rows"
)"

judge 'every suite is known' "$(
	awk -F '\t' '
		$2 == "suites" {
			n = split($3, words, " ")
			for (i = 1; i <= n; i++)
				if (words[i] !~ /^(classic=[0-9]+|default|default=[0-9]+|thorough|all)$/)
					print $1 ": no such suite: " words[i]
		}
	' "$work/rows"
)"

awk -F '\t' '$2 == "control" { print $3, $1 }' "$work/rows" | sort > "$work/controls"
cat > "$work/controls-meant" <<'END'
known-local ctl-known-local
unknown-local ctl-unknown-local
END
judge 'there are the two controls' "$(
	diff "$work/controls-meant" "$work/controls"
)"

judge 'every finding is known' "$(
	awk -F '\t' '
		$2 == "finding" && $3 !~ /^(backscatter|smuggling|starttls-injection|auth-bypass|xclient-open|proxy-open|disclosure)$/ {
			print $1 ": no such finding: " $3
		}
	' "$work/rows"
)"

judge 'what sends a message or may disturb is in the suite all and in no other' "$(
	awk -F '\t' '
		$2 == "->" && $3 ~ /\{(second_)?message\}/ { special[$1] = "sends a message" }
		$2 == "intrusive" { special[$1] = "may disturb" }
		$2 == "suites" { suites[$1] = $3 }
		END {
			for (stem in special)
				if (suites[stem] != "all")
					print stem ": " special[stem] ", and is in: " suites[stem]
			for (stem in suites)
				if (suites[stem] ~ /all/ && suites[stem] != "all")
					print stem ": is in all, and in others: " suites[stem]
		}
	' "$work/rows"
)"

# The verbs by which a stranger changes more than an answer.
judge 'what logs in, impersonates or turns the queue is marked intrusive' "$(
	awk -F '\t' '
		$2 == "->" && $3 ~ /^(AUTH|XCLIENT|XFORWARD|PROXY|ETRN|TURN|ATRN|BURL|XEXCH50)( |$)/ { loud[$1] = $3 }
		$2 == "intrusive" { marked[$1] = 1 }
		END { for (stem in loud) if (!(stem in marked)) print stem ": " loud[stem] }
	' "$work/rows"
)"

judge 'in every dialogue the last reply decides, and no other' "$(
	awk -F '\t' '
		$2 == "<-" {
			if ($3 !~ /^(expect|decide) (any|[2-5]([0-9][0-9]|xx)(\|[2-5]([0-9][0-9]|xx))*)$/)
				print $1 ": no server line: " $3
			last[$1] = $3
			decides[$1] += $3 ~ /^decide /
		}
		{ stems[$1] = 1 }
		END {
			for (stem in stems) {
				if (decides[stem] != 1)
					print stem ": " decides[stem] + 0 " lines decide"
				if (last[stem] !~ /^decide /)
					print stem ": its last server line does not decide"
			}
		}
	' "$work/rows"
)"

cat > "$work/classic-meant" <<'END'
1 plain
2 sender-unqualified
3 sender-null
4 sender-literal
5 sender-local
6 percent-at-literal
7 percent-at-host
8 quoted-whole
9 quoted-percent
10 double-at-literal
11 quoted-at-literal
12 double-at-host
13 route-literal
14 route-host
15 bang
16 bang-at-literal
17 bang-at-host
END
judge 'the suite classic is the historical 17, in their order' "$(
	diff "$work/classic-meant" "$work/classic"
)"

judge 'tests 6 to 17 have the historical sender in classic only' "$(
	awk -F '\t' '
		NR == FNR { split($0, w, " "); place[w[2]] = w[1]; next }
		$2 == "classic-sender" { sender[$1] = $3 }
		$2 == "->" && $3 ~ /^MAIL FROM:/ { mail[$1] = $3 }
		END {
			for (stem in sender)
				if (place[stem] < 6)
					print stem ": has a classic-sender, and is none of the tests 6 to 17"
			for (stem in place) {
				if (place[stem] >= 6 && sender[stem] != "spamtest@{literal}")
					print stem ": its classic-sender should be spamtest@{literal}"
				if (place[stem] >= 6 && mail[stem] != "MAIL FROM:<{sender}>")
					print stem ": leaves no room for the classic-sender: " mail[stem]
			}
		}
	' "$work/classic" "$work/rows"
)"

judge 'the suite default has 56 to 60 probes, each with its place' "$(
	awk '
		$1 != NR { print $2 ": has place " $1 ", where " NR " comes next" }
		END { if (NR < 56 || NR > 60) print "default has " NR " probes; 56 to 60 are meant" }
	' "$work/default"
)"

judge 'the classic tests are in default' "$(
	awk 'NR == FNR { has[$2] = 1; next } !($2 in has) { print $2 ": is in classic and not in default" }' \
		"$work/default" "$work/classic"
)"

judge 'default is in thorough' "$(
	awk 'NR == FNR { has[$2] = 1; next } !($2 in has) { print $2 ": is in default and not in thorough" }' \
		"$work/thorough" "$work/default"
)"

judge 'default has at most 12 sender tricks' "$(
	awk -F '\t' '
		$2 == "->" && $3 ~ /^MAIL FROM:/ && index($3, "{sender}") == 0 { names = names " " $1; n++ }
		END { if (n > 12) print n " sender tricks in default; at most 12 are meant:" names }
	' "$work/default-rows"
)"

awk -F '\t' '$2 == "opening" && $3 == "greeting" && $1 != "starttls-reset" { print $1 }' "$work/default-rows" | sort > "$work/hello"
printf '%s\n' helo-as-host helo-as-localhost helo-as-mx helo-as-own-literal > "$work/hello-meant"
judge 'default has four HELO tricks' "$(
	diff "$work/hello-meant" "$work/hello"
)"

judge 'at most 16 probes of default risk a syntax error' "$(
	awk -F '\t' '
		$2 == "risk" { names = names " " $1; n++ }
		END { if (n > 16) print n " probes of default risk a syntax error; at most 16 are meant:" names }
	' "$work/default-rows"
)"

# One letter a line: E, M, R say the verb; + expects 2xx, ! decides on 2xx, ? is anything else.
# starttls-reset is worth a session: no other shows the hole of who trusts TLS.
judge 'in default all is of plain shape, so that it can share a session' "$(
	awk -F '\t' '
		$2 == "->" && $3 ~ /\\[rn0c]|\\x0[0AaDd]/ { print $1 ": would break the line: " $3 }
		$2 == "->" { shape[$1] = shape[$1] ($3 ~ /^EHLO / ? "E" : $3 ~ /^MAIL FROM:/ ? "M" : $3 ~ /^RCPT TO:/ ? "R" : "?") }
		$2 == "<-" { shape[$1] = shape[$1] ($3 == "expect 2xx" ? "+" : $3 == "decide 2xx" ? "!" : "?") }
		$2 == "===" { shape[$1] = shape[$1] "?" }
		$2 == "opening" && $3 == "greeting" { hello[$1] = 1 }
		END {
			for (stem in shape) {
				if (stem == "starttls-reset")
					right = shape[stem] == "E+???E+M+R!"
				else if (hello[stem])
					right = shape[stem] == "E+M+R!"
				else if (stem == "second-rcpt" || stem == "many-then-victim")
					right = shape[stem] ~ /^M\+(R\+)+R!$/
				else
					right = shape[stem] == "M+R!"
				if (!right)
					print stem ": is not MAIL and RCPT, one after the other: " shape[stem]
			}
		}
	' "$work/default-rows"
)"

done_judging
