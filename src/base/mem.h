/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

/*
 * The one door to the heap.  A program that audits from a terminal has nothing
 * sensible to do without memory, so nothing here returns NULL: it says so and
 * ends the process.  What is returned is released with free().
 */

#include <stddef.h>

/* Zeroed. */
void *mem_new(size_t size);

/* `count` members of `size` bytes, as realloc(); new members are not zeroed.  A product that overflows ends the process. */
void *mem_resize(void *old, size_t count, size_t size);

char *mem_text(const char *text);
char *mem_bytes(const char *bytes, size_t len);     /* a NUL follows the bytes */
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Gives back to the system what was freed, where the system has a way. */
void mem_trim(void);

/*
 * Makes room for one more member in an array that doubles: call it before each
 * append.  ARRAY and CAPACITY are lvalues.
 */
#define MEM_ROOM(array, count, capacity)                                                            \
	do {                                                                                        \
		if ((count) == (capacity)) {                                                        \
			(capacity) = (capacity) ? (capacity) * 2 : 8;                               \
			(array) = mem_resize((array), (capacity), sizeof *(array));                 \
		}                                                                                   \
	} while (0)

/* For what cannot happen: says where, and aborts. */
#define BUG(why) mem_bug(__FILE__, __LINE__, (why))
_Noreturn void mem_bug(const char *file, int line, const char *why);

#endif
