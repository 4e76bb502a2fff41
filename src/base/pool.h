/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

/*
 * Each text once.  A fleet of servers gives the same few replies to the same few
 * addresses, thousands of times; a pool keeps one copy of each, so that an
 * attempt holds pointers only and equal texts are equal pointers.
 */

#include <stddef.h>

struct pool;

struct pool *pool_new(void);
void pool_free(struct pool *pool);

/* The pool's own copy, which lives as long as the pool. */
const char *pool_text(struct pool *pool, const char *text);
const char *pool_bytes(struct pool *pool, const char *bytes, size_t len);

/*
 * The place beside a text of the pool, for what the caller took the trouble to find out about it; NULL when the
 * pool has no such text.  The place holds NULL until something is put there, which the pool free()s.  It is good
 * until the next text is added.
 */
void **pool_beside(struct pool *pool, const char *bytes, size_t len);

#endif
