# SPDX-License-Identifier: Apache-2.0
# Prints what a client provoked. Postfix does not log its error delays, but they
# begin with the eleventh error of a session, and the errors are in its last line.
/too many errors|lost connection|timeout after|pipelining|[: ]421[ -]/ { print; next }
/ disconnect from .* commands=/ {
	errors = 0
	if (match($0, /commands=[0-9]+\/[0-9]+/)) {
		split(substr($0, RSTART + 9, RLENGTH - 9), n, "/")
		errors = n[2] - n[1]
	}
	if (errors > 10) print
}
