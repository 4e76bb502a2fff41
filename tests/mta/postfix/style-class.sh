#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the whole class C network around an address of the server's may relay
#: near   open
#: far    closed
#: whole  open
#: address 203.0.113.130/25
#: relays
#: accepts plain
# The server's second address has near's neighbours in a /25 that near is not in.
postconf -X mynetworks
postconf -e 'mynetworks_style = class'
