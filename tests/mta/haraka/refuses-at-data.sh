#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   takes every recipient, and refuses strangers' mail at DATA
#: near   not-open
#: far    not-open
#: whole  not-open
cat >/etc/haraka/plugins/late.js <<'END'
exports.hook_rcpt = (next) => next(OK);
exports.hook_data = (next) => next(DENY, 'relaying denied');
END
cd /etc/haraka/config || exit
sed -i '1i late' plugins
