#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   one network is refused whatever it asks
#: near   inconclusive
#: far    not-open
#: whole  inconclusive
cat >/etc/haraka/plugins/listed.js <<'END'
exports.hook_connect = (next, connection) => {
	if (connection.remote.ip.startsWith('203.0.113.')) return next(DENY, 'your address is blocked');
	next();
};
END
cd /etc/haraka/config || exit
sed -i '1i listed' plugins
