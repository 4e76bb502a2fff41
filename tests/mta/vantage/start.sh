#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whichever server lives in this root.
if [ -x /usr/sbin/postfix ]; then
	sh -eu /lab/postfix/start.sh
else
	sh -eu /lab/exim/start.sh
fi
