#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   one network is refused whatever it asks
#: near   inconclusive
#: far    closed
#: whole  inconclusive
postconf -e 'smtpd_client_restrictions = check_client_access cidr:{{203.0.113.0/24 REJECT listed}}'
