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
# Without a certificate of its own Exim makes one.
perl -0pi -e 's/(\n  require\n    message = relay not permitted)/\n  accept encrypted = *$1/; s/\ntls_advertise_hosts *= *\n/\ntls_advertise_hosts = *\n/' /etc/exim4/exim4.conf.template
