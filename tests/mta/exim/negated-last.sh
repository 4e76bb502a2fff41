#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a host list that ends with a negated item matches everybody else
#: near   open
#: far    open
#: whole  open
#: relays
#: accepts plain
sed -i 's/^hostlist relay_from_hosts = .*/hostlist relay_from_hosts = 192.168.0.0\/24 : !192.168.0.5/' \
	/etc/exim4/exim4.conf.template
