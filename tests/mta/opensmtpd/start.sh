#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
smtpd -n
smtpd
