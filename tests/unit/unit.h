/*
 * unit.h - what the unit tests share: cmocka with the headers it needs first, repeatable chance,
 * and texts that end where their memory ends.
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

/* A number below `below` (xorshift64*); the same ones in each run. */
static inline uint32_t chance(uint32_t below)
{
	static uint64_t state = 88172645463325252u;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 2685821657736338717u) >> 32) % below;
}

/* A copy to be freed, without a NUL: a step beyond its end is seen by valgrind and sanitizers. */
static inline char *exact_copy(const char *bytes, size_t len)
{
	char *copy = malloc(len > 0 ? len : 1);

	assert_non_null(copy);
	if (len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

#endif
