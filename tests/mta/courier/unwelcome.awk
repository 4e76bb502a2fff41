# SPDX-License-Identifier: Apache-2.0
# Prints what a client provoked. Courier delays its answer to every error of a
# session, 8 s at first and twice as long each time: one error a session is the
# price of asking, a second one is not.
/msg="421|Too many|Maximum connection|timed out/ { print; next }
# A session is told by the client's port, which a later one may have again.
/courieresmtpd: started,ip=\[/ {
	split(substr($0, index($0, "started,ip=[")), part, /[][]/)
	delete errors["relay=" part[2] ",port=" part[4]]
	next
}
/courieresmtpd: error,relay=/ {
	# A reply of several lines is several log lines; a 252 is no error.
	if (/: [0-9][0-9][0-9]-/ || /msg="2/) next
	match($0, /relay=[^,]*,port=[0-9]*/)
	if (++errors[substr($0, RSTART, RLENGTH)] > 1) print
}
