/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mac.c - HMAC-SHA-256 by OpenSSL
 */
#include "net/mac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/mem.h"

void mac_make(const unsigned char key[MAC_KEY], const void *bytes, size_t len, unsigned char mac[MAC_SIZE])
{
	unsigned size = 0;

	if (HMAC(EVP_sha256(), key, MAC_KEY, bytes, len, mac, &size) == NULL || size != MAC_SIZE)
		BUG("OpenSSL has no HMAC-SHA-256 to give");
}

bool mac_equal(const unsigned char *a, const unsigned char *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}
