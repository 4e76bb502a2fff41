#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# deliver.sh USER: chasquid's delivery agent; a message on standard input becomes a
# file of that user's.
set -eu
mkdir -p /tmp/mail
cat >"/tmp/mail/$1.$$"
