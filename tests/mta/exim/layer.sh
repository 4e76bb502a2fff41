#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Exim as Debian installs it for an "internet site" that listens everywhere.
set -eu
case $1 in
packages) echo exim4-daemon-light ;;
preseed)
	cat <<-'END'
		exim4-config exim4/dc_eximconfig_configtype select internet site; mail is sent and received directly using SMTP
		exim4-config exim4/mailname string example.org
		exim4-config exim4/dc_other_hostnames string mail.example.org
		exim4-config exim4/dc_local_interfaces string
		exim4-config exim4/dc_relay_domains string
		exim4-config exim4/dc_relay_nets string
		exim4-config exim4/dc_localdelivery select mbox format in /var/mail/
		exim4-config exim4/use_split_config boolean false
		exim4-config exim4/dc_postmaster string alice
	END
	;;
prepare) grep . /etc/exim4/update-exim4.conf.conf ;;
esac
