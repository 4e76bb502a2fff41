/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

/*
 * One IP address, with the port and scope that a socket needs.  Both families
 * have 16 bytes, an IPv4 address in the first four, so that comparing is one
 * memcmp() and a mask one loop.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct err;

struct address {
	int family;                     /* AF_INET, AF_INET6, or 0: no address */
	unsigned char bytes[16];
	unsigned short port;            /* 0 where none matters */
	unsigned scope;                 /* interface of a link-local IPv6 address, else 0 */
};

/* "[2001:db8::1%interface]" without brackets, and a NUL. */
enum { ADDRESS_TEXT = 64 };

/* An address as inet_pton() takes it, IPv6 with or without brackets and with "%interface". */
int address_parse(const char *text, struct address *address, struct err *err);

/* "192.0.2.1", as inet_pton() takes it, of `len` bytes and without a NUL; false: it is none, and nothing is written. */
bool address_read_ipv4(const char *text, size_t len, struct address *address);

void address_print(const struct address *address, char text[ADDRESS_TEXT]);

/* As RFC 5321 4.1.3 writes it: "[192.0.2.1]", "[IPv6:2001:db8::1]". */
void address_print_literal(const struct address *address, char text[ADDRESS_TEXT]);

/* "192.0.2.1:25", "[2001:db8::1]:25". */
void address_print_port(const struct address *address, char text[ADDRESS_TEXT]);

/* Without regard to the port. */
bool address_equal(const struct address *a, const struct address *b);

/* Whether the first `bits` bits are those of `network`, which is of the same family. */
bool address_is_in(const struct address *address, const struct address *network, unsigned bits);

bool address_is_loopback(const struct address *address);

/* Loopback, private (RFC 1918, RFC 4193) or link-local: not reached across the internet. */
bool address_is_private(const struct address *address);

/* An address of one of this machine's interfaces. */
bool address_is_own(const struct address *address);

int address_from_socket(const struct sockaddr *socket, struct address *address);
socklen_t address_to_socket(const struct address *address, struct sockaddr_storage *socket);

/* An IPv4-mapped IPv6 address becomes the IPv4 address that it holds. */
void address_unmap(struct address *address);

#endif
