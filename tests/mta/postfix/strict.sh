#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   refuses what is not by the book, and tells little
#: near   closed
#: far    closed
#: whole  closed
# shellcheck disable=SC2016 # the dollars are Postfix's
postconf -e 'strict_rfc821_envelopes = yes' 'smtpd_helo_required = yes' 'disable_vrfy_command = yes' \
	'smtpd_banner = $myhostname ESMTP' 'smtpd_reject_unlisted_sender = yes' 'smtpd_data_restrictions = reject_unauth_pipelining'
