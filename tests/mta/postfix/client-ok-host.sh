#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   one address is trusted, and no vantage has it
#: near   closed
#: far    closed
#: whole  closed
postconf -e 'smtpd_relay_restrictions = permit_mynetworks, check_client_access cidr:{{203.0.113.99/32 OK}}, reject_unauth_destination'
