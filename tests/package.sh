#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# package.sh: builds the Debian packages from the tree as git has it, lets lintian look at
# them, and unpacks them. Part of no other test: it needs debhelper and lintian, and minutes.
#
#	apt-get install debhelper lintian && sh tests/package.sh

set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
version=$(sed -n 's/^AC_INIT(\[relayaudit\], \[\(.*\)\])/\1/p' "$top/configure.ac")
cd "$top"
git ls-files -z | tar --null -T - -cf - --transform "s,^,relayaudit-$version/," | tar -C "$work" -xf -
cd "$work"
tar --exclude="relayaudit-$version/debian" -czf "relayaudit_$version.orig.tar.gz" "relayaudit-$version"
(cd "relayaudit-$version" && dpkg-buildpackage -us -uc) >"$work/log" 2>&1 || {
	tail -n 40 "$work/log"
	exit 1
}
lintian --fail-on error,warning ./*.changes
for package in relayaudit_"$version"*.deb relayaudit-agent_"$version"*.deb; do dpkg-deb -x "$package" "$work/root"; done
RELAYAUDIT_PROBEDIR="$work/root/usr/share/relayaudit/probes" "$work/root/usr/bin/relayaudit" demo >"$work/demo"
grep -q '^OPEN' "$work/demo"
echo "ok - the packages of $version are built, clean, and run"
