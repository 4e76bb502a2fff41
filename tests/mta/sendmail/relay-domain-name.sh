#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   class R holds a domain: clients with a name below it may relay
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
echo probe.example.net >>/etc/mail/relay-domains
