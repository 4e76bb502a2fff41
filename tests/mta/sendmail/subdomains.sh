#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   relays to every name below its own domain
#: near   not-open
#: far    not-open
#: whole  not-open
#: dns    mx-host=sub.example.org,sink.probe.example.net,10
#: relays-limited --to {victim_local}@sub.example.org
echo example.org >>/etc/mail/relay-domains
