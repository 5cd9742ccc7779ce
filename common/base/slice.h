/*
 * slice.h - strings that belong to somebody else, and what is done with them.
 */
#ifndef SLICE_H
#define SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Bytes that belong to somebody else; not NUL-terminated. ptr may be NULL when len is 0. */
struct slice {
	const char *ptr;
	size_t len;
};

#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})

static inline struct slice slice_of(const char *s)
{
	return (struct slice){s, strlen(s)};
}

static inline bool slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Whether `a` is exactly the NUL-terminated `s`. */
static inline bool slice_is(struct slice a, const char *s)
{
	return slice_equal(a, slice_of(s));
}

/* Copy to `to` as a NUL-terminated string; false, and nothing written, when it does not fit. */
static inline bool slice_copy(struct slice s, char *to, size_t size)
{
	if (s.len >= size)
		return false;
	if (s.len)
		memcpy(to, s.ptr, s.len);
	to[s.len] = '\0';
	return true;
}

#endif
