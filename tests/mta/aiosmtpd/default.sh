#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a small relay that serves its own machine
#: near   closed
#: far    closed
#: whole  closed
:
