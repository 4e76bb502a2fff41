/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_NOTIFY_H
#define CMD_NOTIFY_H

/*
 * A word to the service manager that waits for it, as sd_notify(3) says it: where
 * $NOTIFY_SOCKET is not set there is none, and nothing happens.  What goes wrong is nobody's loss:
 * the manager's own time-out tells.
 */
void notify_say(const char *state);     /* "READY=1" */

#endif
