#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The far end of an ssh vantage: OpenSSH as Debian installs it.
set -eu
case $1 in
packages) echo openssh-server ;;
preseed) : ;;
prepare) rm -f /etc/ssh/ssh_host_* ;;
esac
