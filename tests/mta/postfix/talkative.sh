#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   tells its version, and who its users are
#: near   closed
#: far    closed
#: whole  closed
# shellcheck disable=SC2016 # the dollars are Postfix's
postconf -e 'smtpd_banner = $myhostname ESMTP $mail_name $mail_version' 'disable_vrfy_command = no'
