# SPDX-License-Identifier: Apache-2.0
#
# The table of accuracy.sh, from its rows: configuration, vantage, truth, then a verdict and milliseconds for each
# of `tools`, and reasons.  Names what relayaudit misjudged, and ends with 1 if there is any.

BEGIN {
	number = split(tools, name, " ")
}

{
	for (i = 1; i <= number; i++) {
		said = $(2 + 2 * i)
		if (said == "absent")
			continue
		count[i, $3, said]++
		time[i, ++times[i]] = $(3 + 2 * i) / 1000
		if (i <= 2 && said != "none" && said != $3)
			wrong[++wrongs] = $1 " " $2 ": " ($3 == "open" ? "open" : "not open") ", " name[i] " says " said "." $NF
	}
}

function median(i,  n, a, j, k, t) {
	n = times[i]
	for (j = 1; j <= n; j++) {
		t = time[i, j]
		for (k = j - 1; k >= 1 && a[k] > t; k--)
			a[k + 1] = a[k]
		a[k + 1] = t
	}
	return n ? (a[int((n + 1) / 2)] + a[int(n / 2) + 1]) / 2 : 0
}

END {
	form = "%-12s %10s %13s %10s | %14s %11s %10s | %8s\n"
	printf form, "", "really open", "", "", "not open", "", "", ""
	printf form, "", "found", "called closed", "no answer", "called closed", "called open", "no answer", "median s"
	for (i = 1; i <= number; i++)
		printf form, name[i], count[i, "open", "open"] + 0, count[i, "open", "closed"] + 0, count[i, "open", "none"] + 0,
			count[i, "closed", "closed"] + 0, count[i, "closed", "open"] + 0, count[i, "closed", "none"] + 0,
			sprintf("%.1f", median(i))
	for (i = 1; i <= wrongs; i++)
		print "WRONG " wrong[i]
	exit wrongs > 0
}
