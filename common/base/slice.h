/*
 * slice.h - borrowed strings: cutting, comparing, reading numbers.
 */
#ifndef SLICE_H
#define SLICE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrowed bytes, not NUL-terminated. ptr may be NULL when len is 0. */
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

/* `s` without its first `n` bytes; n is at most s.len. */
static inline struct slice slice_from(struct slice s, size_t n)
{
	assert(n <= s.len);
	/* NULL has no offsets in C17, not even 0. */
	return (struct slice){n > 0 ? s.ptr + n : s.ptr, s.len - n};
}

/*
 * Cut `text` at the first `separator`: returns what stands before it, and `text` becomes what
 * follows it. Without a separator all of `text` is returned, and it becomes empty.
 */
struct slice slice_cut(struct slice *text, char separator);

/* Whether `c` is a blank, a tab, or half of a line break: the white space of JSON and of HTTP. */
static inline bool slice_is_space(char c)
{
	/* One comparison decides for most characters. */
	return (unsigned char)c <= ' ' && (c == ' ' || c == '\t' || c == '\r' || c == '\n');
}

/* `text` without the blanks and tabs at its ends (optional white space, RFC 9110 §5.6.3). */
struct slice slice_trim(struct slice text);

/* Whether `a` equals the NUL-terminated `s` when the case of ASCII letters is ignored. */
bool slice_is_caseless(struct slice a, const char *s);

/* Whether `a` begins with the NUL-terminated `s`. */
bool slice_begins(struct slice a, const char *s);

/*
 * Read `text` as a number: one or more digits of `base` (10 or 16, either case) and nothing else.
 * Returns false, and writes nothing, for anything else and for a value above `max`.
 */
bool slice_number(struct slice text, unsigned base, uint64_t max, uint64_t *ret_value)
	__attribute__((warn_unused_result));

/*
 * Copy `s` to `to`, which has `size` bytes, as a NUL-terminated string.
 * Returns false, and writes nothing, when it does not fit.
 */
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
