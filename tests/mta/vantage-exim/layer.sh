#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Exim that knows the PROXY protocol, set up as the other is.
set -eu
case $1 in
packages) echo exim4-daemon-heavy ;;
*) sh "$(dirname "$0")/../exim/layer.sh" "$1" ;;
esac
