/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_MAKE_H
#define MTA_MAKE_H

/*
 * Which mail server is this?  By what it says of itself; a guess that chooses
 * words of advice and nothing else.
 */

/* The short name, as in the fixes of probes ("postfix"); NULL when nothing tells.  Either text may be NULL. */
const char *make_guess(const char *banner, const char *hello);

/* "Postfix" for "postfix"; the name itself where it is none of ours. */
const char *make_title(const char *name);

#endif
