/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_LOGIN_H
#define NET_LOGIN_H

/*
 * Users and passwords, which come from files: what stands in arguments, every
 * process of the machine can read.
 *
 * A file holds either a netrc, as curl and ftp have it ("machine HOST login USER
 * password PASSWORD", "default ..."), or on its first line the password alone; where no
 * user is known yet, USER:PASSWORD.
 */

struct err;

enum { LOGIN_FILE_MOST = 64 << 10 };

struct login {
	char *user;
	char *password;
};

/*
 * The login for that host, and for that user where there is one (NULL: any, or
 * none known).  Errors name the file, and nothing of what is in it.
 */
int login_read(const char *path, const char *host, const char *user, struct login *login, struct err *err);

/* Wipes it. */
void login_release(struct login *login);

#endif
