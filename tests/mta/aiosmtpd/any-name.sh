#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes every local part, and keeps the mail
#: near   not-open
#: far    not-open
#: whole  not-open
#: keeps  --to nobody.{token}@example.org
#: keeps  --to {victim_local}%probe.example.net@example.org
echo '{"names": "any"}' >/etc/relay/settings.json
