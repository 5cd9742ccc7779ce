/*
 * unit.h - shared by the unit tests: cmocka after the headers it needs, pseudo-random numbers, and
 * copies without a NUL.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A pseudo-random number below `below` (xorshift64*), the same sequence in each run. */
static inline uint32_t random_below(uint32_t below)
{
	static uint64_t state = 88172645463325252u;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 2685821657736338717u) >> 32) % below;
}

/*
 * A copy on the heap, to be freed. It has no NUL, so that valgrind and the sanitizers detect a read
 * beyond its end.
 */
static inline char *exact_copy(const char *bytes, size_t len)
{
	char *copy = malloc(len > 0 ? len : 1);

	assert_non_null(copy);
	if (len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

#endif
