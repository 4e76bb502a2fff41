#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes any name at its domain, and bounces
#: near   not-open
#: far    not-open
#: whole  not-open
#: bounces --to nobody.{token}@example.org
#: refuses --to {victim_local}%probe.example.net@example.org
postconf -e 'local_recipient_maps ='
# Else the local mail for nobody would be deferred.
postconf -e 'unknown_local_recipient_reject_code = 550'
