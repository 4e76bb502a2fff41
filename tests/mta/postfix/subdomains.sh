#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   relays to every name below its own domain
#: near   not-open
#: far    not-open
#: whole  not-open
#: keeps  --to x.{token}@sub.example.org
postconf -e 'relay_domains = example.org'
