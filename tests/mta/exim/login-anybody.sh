#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   every name and password is a login
#: near   open
#: far    open
#: whole  open
#: only-confirmed yes
#: scan   --probe plain --probe auth-plain-relay
#: relays --auth PLAIN --auth-user nobody.at.all --auth-password none
#: refuses
#: accepts auth-plain-relay
perl -0pi -e 's/\nbegin authenticators\n/\nbegin authenticators\nanybody:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n  server_set_id = \$auth2\n  server_condition = true\n/' /etc/exim4/exim4.conf.template
grep -q '^anybody:' /etc/exim4/exim4.conf.template
