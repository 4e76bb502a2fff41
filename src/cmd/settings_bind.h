/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_SETTINGS_BIND_H
#define CMD_SETTINGS_BIND_H

/*
 * From the tree of a configuration file to settings.  What is wrong is added to the
 * complaints, and the rest is read all the same.
 */

struct settings;

/* The tree has a root.  Rows with an origin above the file keep their values; what the file says is checked all the same. */
void settings_bind(struct settings *settings);

#endif
