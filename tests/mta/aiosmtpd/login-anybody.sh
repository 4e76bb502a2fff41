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
echo '{"after_auth": true}' >/etc/relay/settings.json
