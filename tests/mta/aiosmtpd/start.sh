#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
python3 /lab/aiosmtpd/relay.py /etc/relay/settings.json &
