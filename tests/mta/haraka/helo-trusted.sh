#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   a plugin trusts a client that says it is this server
#: near   open
#: far    open
#: whole  open
#: relays --helo mail.example.org
#: refuses
#: accepts helo-as-mx
cat >/etc/haraka/plugins/trust_helo.js <<'END'
exports.hook_ehlo = (next, connection, name) => {
	if (name === 'mail.example.org') connection.relaying = true;
	next();
};
exports.hook_helo = exports.hook_ehlo;
END
cd /etc/haraka/config || exit
sed -i '1i trust_helo' plugins
