#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# chasquid as Debian installs it, then told its domain and its user, and given the
# certificate without which it does not start.
set -eu
case $1 in
packages) echo chasquid openssl ;;
preseed | fetches) : ;;
prepare)
	cd /etc/chasquid
	mkdir -p certs/mail.example.org domains/example.org
	openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=mail.example.org \
		-keyout certs/mail.example.org/privkey.pem -out certs/mail.example.org/fullchain.pem
	# What its systemd units hand over, it opens itself; its mail goes to a script of ours.
	cat >>chasquid.conf <<-'END'
		smtp_address: ":25"
		submission_address: ":587"
		submission_over_tls_address: ":465"
		mail_log_path: "/var/log/lab.log"
		mail_delivery_agent_bin: "/bin/sh"
		mail_delivery_agent_args: "/lab/chasquid/deliver.sh"
		mail_delivery_agent_args: "%to_user%"
	END
	chasquid-util user-add alice@example.org --password=secret ||
		echo secret | chasquid-util user-add alice@example.org
	printf 'postmaster: alice\n' >domains/example.org/aliases
	chown -R chasquid:chasquid /etc/chasquid/domains /etc/chasquid/certs
	ls -lR /etc/chasquid /var/lib/chasquid
	;;
esac
