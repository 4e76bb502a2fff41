#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   some addresses may say to be 127.0.0.1, which relays
#: near   open
#: far    not-open
#: whole  open
#: relays --xclient-addr 127.0.0.1
#: refuses
#: only-confirmed yes
#: scan   --probe plain --probe xclient-loopback-relay
#: accepts xclient-loopback-relay
cat >/etc/haraka/plugins/trust_own.js <<'END'
exports.hook_mail = (next, connection) => {
	if (connection.remote.ip === '127.0.0.1') connection.relaying = true;
	next();
};
END
printf '203.0.113.7\n203.0.113.8\n' >/etc/haraka/config/xclient.hosts
cd /etc/haraka/config || exit
sed -i '1i trust_own' plugins
sed -i '1i xclient' plugins
