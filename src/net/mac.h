/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_MAC_H
#define NET_MAC_H

/*
 * HMAC-SHA-256, RFC 2104 and FIPS 180-4: who does not have the key can neither
 * make nor change what carries one.
 */

#include <stdbool.h>
#include <stddef.h>

enum { MAC_SIZE = 32, MAC_KEY = 32 };

void mac_make(const unsigned char key[MAC_KEY], const void *bytes, size_t len, unsigned char mac[MAC_SIZE]);

/* Compares in a time that does not depend on where they differ. */
bool mac_equal(const unsigned char *a, const unsigned char *b, size_t len);

#endif
