#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   soft_bounce makes a 4yz of every refusal, which could be taken back
#: near   not-open
#: far    not-open
#: whole  not-open
postconf -e 'soft_bounce = yes'
