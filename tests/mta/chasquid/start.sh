#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# As its systemd unit does it, but for the sockets, which it opens itself.
touch /var/log/lab.log
chmod 666 /var/log/lab.log
chasquid --config_dir=/etc/chasquid &
