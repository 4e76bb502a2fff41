#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Haraka, which is no Debian package: node and npm are, and npm brings it in exactly
# the versions that package.json lists (of what it would compile, and of plugins that
# are not used here, nothing). npm itself does not stay.
set -eu
case $1 in
packages) echo nodejs npm ;;
preseed) : ;;
fetches) echo npm ;;
fetch)
	mkdir -p /opt/haraka
	cp /lab/haraka/package.json /opt/haraka/
	cd /opt/haraka
	npm install --omit=optional --ignore-scripts --no-audit --no-fund \
		--no-update-notifier --no-package-lock
	;;
prepare)
	export DEBIAN_FRONTEND=noninteractive
	apt-get -qy purge npm
	apt-get -qy autoremove
	node /opt/haraka/node_modules/Haraka/bin/haraka --install /etc/haraka
	cd /etc/haraka/config
	echo mail.example.org >me
	echo example.org >host_list
	printf "listen=[::]:25\nnodes=0\n" >smtp.ini
	printf "host=192.0.2.53\nport=26\n" >smtp_forward.ini
	;;
esac
