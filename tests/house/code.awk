# SPDX-License-Identifier: Apache-2.0
#
# C without comments and without what stands in quotes, each line as FILE:LINE:CODE.

FNR == 1 {
	inside = 0
}

{
	text = $0
	code = ""
	while (text != "") {
		if (inside) {
			end = index(text, "*/")
			if (end == 0)
				break
			text = substr(text, end + 2)
			inside = 0
			code = code " "
		} else if (match(text, /^[^"'\/]+/)) {
			code = code substr(text, 1, RLENGTH)
			text = substr(text, RLENGTH + 1)
		} else if (match(text, /^"([^"\\]|\\.)*"/) || match(text, /^'([^'\\]|\\.)*'/)) {
			quote = substr(text, 1, 1)
			code = code quote quote
			text = substr(text, RLENGTH + 1)
		} else if (substr(text, 1, 2) == "//") {
			break
		} else if (substr(text, 1, 2) == "/*") {
			text = substr(text, 3)
			inside = 1
		} else {
			code = code substr(text, 1, 1)
			text = substr(text, 2)
		}
	}
	if (code ~ /[^ \t]/)
		print FILENAME ":" FNR ":" code
}
