#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   who starts TLS may relay
#: near   open
#: far    open
#: whole  open
#: refuses
#: relays-inside-tls
#: accepts starttls-reset
#: scan   --suite thorough
echo '{"after_tls": true, "tls": true}' >/etc/relay/settings.json
