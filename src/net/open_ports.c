/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open_ports.c - who waits for connections here
 *
 * Whose a socket is stands in no table: each process's descriptors are looked
 * through for its inode, which only root can do for the processes of others.
 */
#include "net/open_ports.h"

#include <ctype.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum {
	TCP_LISTENING = 10,
	/* Processes that are looked at, and descriptors of each. */
	PROCESSES_MOST = 50000,
	DESCRIPTORS_MOST = 10000
};

struct found {
	struct open_port *rows;
	unsigned long *inodes;
	size_t count;
	size_t capacity;
	size_t inode_capacity;
};

/* "0100007F:0019": words of four bytes, each in the machine's own order. */
static bool read_address(const char *hex, int family, struct address *address)
{
	size_t words = family == AF_INET ? 1 : 4;
	unsigned port;

	*address = (struct address){ .family = family };
	for (size_t i = 0; i < words; i++) {
		char digits[9] = "";
		unsigned word;

		memcpy(digits, hex + 8 * i, 8);
		if (sscanf(digits, "%8x", &word) != 1)
			return false;
		memcpy(address->bytes + 4 * i, &word, 4);
	}
	if (sscanf(hex + 8 * words, ":%4x", &port) != 1)
		return false;
	address->port = (unsigned short)port;
	return true;
}

static void take_line(struct found *found, const char *line, int family)
{
	struct open_port row = { .program = "" };
	char local[40];
	unsigned state;
	unsigned long inode;

	if (sscanf(line, " %*u: %39s %*s %x %*s %*s %*s %*u %*u %lu", local, &state, &inode) != 3 || state != TCP_LISTENING ||
	    strlen(local) < (family == AF_INET ? 13u : 37u) || !read_address(local, family, &row.address))
		return;
	MEM_ROOM(found->rows, found->count, found->capacity);
	MEM_ROOM(found->inodes, found->count, found->inode_capacity);
	found->inodes[found->count] = inode;
	found->rows[found->count++] = row;
}

static int read_table(struct found *found, const char *path, int family)
{
	FILE *table = fopen(path, "re");
	char line[512];

	if (table == NULL)
		return -1;
	while (found->count < OPEN_PORTS_MOST && fgets(line, sizeof line, table) != NULL)
		take_line(found, line, family);
	fclose(table);
	return 0;
}

static void read_name(const char *process, char name[16])
{
	char path[300];
	FILE *file;
	size_t len;

	snprintf(path, sizeof path, "/proc/%s/comm", process);
	file = fopen(path, "re");
	if (file == NULL)
		return;
	len = fread(name, 1, 15, file);
	fclose(file);
	name[len] = '\0';
	name[strcspn(name, "\n")] = '\0';
	for (char *at = name; *at != '\0'; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
}

static void look_through(struct found *found, const char *process)
{
	char path[300], target[64], name[16] = "";
	unsigned long inode;
	const struct dirent *entry;
	DIR *directory;

	snprintf(path, sizeof path, "/proc/%s/fd", process);
	directory = opendir(path);
	if (directory == NULL)
		return;
	for (size_t seen = 0; seen < DESCRIPTORS_MOST && (entry = readdir(directory)) != NULL; seen++) {
		ssize_t len = readlinkat(dirfd(directory), entry->d_name, target, sizeof target - 1);

		target[len < 0 ? 0 : len] = '\0';
		if (sscanf(target, "socket:[%lu]", &inode) != 1)
			continue;
		for (size_t i = 0; i < found->count; i++) {
			if (found->inodes[i] != inode || found->rows[i].program[0] != '\0')
				continue;
			if (name[0] == '\0')
				read_name(process, name);
			memcpy(found->rows[i].program, name, sizeof name);
		}
	}
	closedir(directory);
}

static void find_programs(struct found *found)
{
	DIR *directory = found->count != 0 ? opendir("/proc") : NULL;
	const struct dirent *entry;

	if (directory == NULL)
		return;
	for (size_t seen = 0; seen < PROCESSES_MOST && (entry = readdir(directory)) != NULL; seen++)
		if (isdigit((unsigned char)entry->d_name[0]))
			look_through(found, entry->d_name);
	closedir(directory);
}

static bool is_any(const struct address *address)
{
	static const unsigned char zeros[16];

	return memcmp(address->bytes, zeros, sizeof zeros) == 0;
}

/* "::" takes IPv4, too, unless somebody has the port there; whether it was told not to cannot be seen. */
static void note_both(struct found *found)
{
	for (size_t i = 0; i < found->count; i++) {
		struct open_port *row = &found->rows[i];

		row->both = row->address.family == AF_INET6 && is_any(&row->address);
		for (size_t k = 0; row->both && k < found->count; k++)
			row->both = found->rows[k].address.family != AF_INET || found->rows[k].address.port != row->address.port;
	}
}

static int compare(const void *a, const void *b)
{
	const struct address *left = &((const struct open_port *)a)->address, *right = &((const struct open_port *)b)->address;
	int order = left->family != right->family ? (left->family == AF_INET ? -1 : 1) : memcmp(left->bytes, right->bytes, sizeof left->bytes);

	return order != 0 ? order : left->port - right->port;
}

int open_ports_find(struct open_port **rows, size_t *count)
{
	struct found found = { .count = 0 };
	bool none = read_table(&found, "/proc/net/tcp", AF_INET) != 0;

	/* A kernel without IPv6 has no such file. */
	none = read_table(&found, "/proc/net/tcp6", AF_INET6) != 0 && none;
	find_programs(&found);
	note_both(&found);
	free(found.inodes);
	if (found.count != 0)
		qsort(found.rows, found.count, sizeof *found.rows, compare);
	*rows = found.rows;
	*count = found.count;
	return none ? -1 : 0;
}
