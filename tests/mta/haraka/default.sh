#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   Haraka as its own installer sets it up, in front of the server that has the mailboxes
#: near   not-open
#: far    not-open
#: whole  not-open
# It takes any local part of its domains, and asks the next server at the final dot.
#: refuses-late --to nobody.{token}@example.org
:
