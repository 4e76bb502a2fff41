#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#: what   strangers are refused after their message only
#: near   open
#: far    open
#: whole  open
#: refuses-late
#: accepts plain
#: proof  go-ahead
#: confirmed-near not-open
#: confirmed-far not-open
echo '{"policy": "data"}' >/etc/relay/settings.json
