#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the percent form is read for one domain that is listed
#: near   undecided
#: far    undecided
#: whole  undecided
#: relays --to {victim_local}%probe.example.net@example.org
#: refuses
#: confirmed-near not-open
#: confirmed-far not-open
echo probe.example.net >/etc/courier/esmtppercentrelay
