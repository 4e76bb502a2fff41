/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notify.c - a datagram to $NOTIFY_SOCKET
 */
#include "cmd/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void notify_say(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un where = { .sun_family = AF_UNIX };
	size_t len = path ? strlen(path) : 0;
	int fd;

	/* A path, or "@" and a name in the abstract namespace. */
	if (len < 2 || len >= sizeof where.sun_path || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(where.sun_path, path, len);
	if (path[0] == '@')
		where.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&where, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
}
