#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
python3 /lab/qmail/qmaild.py /var/qmail/control 2>>/var/log/lab.log &
