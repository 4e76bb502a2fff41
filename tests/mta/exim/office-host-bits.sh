#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   the mask of one office address is /8: Exim drops the host bits silently
#: near   open
#: far    closed
#: whole  open
#: relays
#: accepts plain
sed -i "s,^dc_relay_nets=.*,dc_relay_nets='203.0.113.1/8'," /etc/exim4/update-exim4.conf.conf
