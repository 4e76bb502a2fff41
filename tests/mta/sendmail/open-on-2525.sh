#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a second port for one customer serves everybody
#: near   open
#: far    open
#: whole  open
#: scan   -p 25,2525
#: relays --port 2525
#: refuses
#: accepts plain
sed -i '/^MAILER_DEFINITIONS/i DAEMON_OPTIONS(`Family=inet, Name=Customer, Port=2525'\'')dnl' /etc/mail/sendmail.mc
cat >>/etc/mail/sendmail.mc <<'END'
LOCAL_RULESETS
SLocal_check_rcpt
R$*	$: $1 $| $&{daemon_name}
R$* $| Customer	$@ $#OK
R$* $| $*	$@ $1
END
