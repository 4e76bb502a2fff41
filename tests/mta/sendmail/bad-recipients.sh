#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   three bad recipients end the session
#: near   closed
#: far    closed
#: whole  closed
sed -i '/^MAILER_DEFINITIONS/i define(`confMAX_RCPTS_PER_MESSAGE'\'', `3'\'')dnl\ndefine(`confBAD_RCPT_THROTTLE'\'', `2'\'')dnl' /etc/mail/sendmail.mc
