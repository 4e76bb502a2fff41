#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   tells nobody who its users are
#: near   closed
#: far    closed
#: whole  closed
# shellcheck disable=SC2016 # the dollars are sendmail's
sed -i '/^MAILER_DEFINITIONS/i define(`confPRIVACY_FLAGS'\'', `authwarnings,novrfy,noexpn,restrictqrun'\'')dnl\ndefine(`confSMTP_LOGIN_MSG'\'', `$j ESMTP'\'')dnl' /etc/mail/sendmail.mc
