#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Courier waits 8 s before its answer to a session's first error, then 16, 32, 64 s.
# The default configuration keeps that; the others would take minutes by it.
sed -i 's/^TARPIT=1/TARPIT=0/' /etc/courier/esmtpd
