/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_SETTINGS_PLACE_H
#define CMD_SETTINGS_PLACE_H

/*
 * Where the configuration file is, and whether it may be believed: it can name
 * commands to run, so nobody but its owner and root may be able to change it, and one
 * that was found rather than named has to be the user's or root's.
 */

struct buf;
struct err;

/*
 * Reads `named`, or where that is NULL the first that there is of ./relayaudit.yml,
 * $XDG_CONFIG_HOME/relayaudit/relayaudit.yml (else below ~/.config) and
 * /etc/relayaudit/relayaudit.yml.  `*path`, the caller's, stays NULL where there is none.
 * -1 with a sentence when it cannot be read or may not be believed.
 */
int settings_place_read(const char *named, char **path, struct buf *bytes, struct err *err);

#endif
