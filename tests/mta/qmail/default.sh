#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes any local part of its domains, looks at nobody's name, and bounces
#: near   not-open
#: far    not-open
#: whole  not-open
#: bounces --to {victim_local}%probe.example.net@example.org
#: bounces --to nobody.{token}@example.org
:
