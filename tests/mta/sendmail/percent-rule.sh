#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a hand-written rule passes what ends in the own domain, before percent is looked at
#: near   open
#: far    open
#: whole  open
#: relays --to {victim_local}%probe.example.net@example.org
#: refuses
#: accepts percent-at-host
cat >>/etc/mail/sendmail.mc <<'END'
LOCAL_RULESETS
SLocal_check_rcpt
R$* @ example.org $*	$@ $#OK
END
