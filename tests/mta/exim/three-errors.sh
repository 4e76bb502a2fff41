#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a refused recipient is the third at most, then the session ends
#: near   closed
#: far    closed
#: whole  closed
perl -0pi -e 's/\nacl_check_rcpt:\n/\nacl_check_rcpt:\n  drop message = too many errors\n    condition = \${if >{\$rcpt_fail_count}{2}}\n/' /etc/exim4/exim4.conf.template
