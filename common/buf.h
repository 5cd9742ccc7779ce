/*
 * buf.h - a growing byte buffer with a maximum given at birth, and borrowed strings.
 *
 * A failed append (maximum reached, memory exhausted) sets `failed` and drops all later appends,
 * so that a writer checks once, at the end.
 */
#ifndef BUF_H
#define BUF_H

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

/* data is NUL-terminated after the first append; NULL before it. */
struct buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max; /* bytes at most, without the NUL */
	bool failed;
};

#define BUF_INIT(max_)                                                                             \
	{                                                                                          \
		.max = (max_)                                                                      \
	}

/* Append `len` bytes, a NUL-terminated string, one byte, formatted text. Failure: see above. */
void buf_append(struct buf *buf, const void *bytes, size_t len);
void buf_puts(struct buf *buf, const char *s);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Make room for `len` more bytes and return where they go (then add what was written to `len`),
 * or NULL with `failed` set.
 */
char *buf_reserve(struct buf *buf, size_t len);

static inline void buf_putc(struct buf *buf, char c)
{
	if (buf->len + 1 < buf->cap && !buf->failed) {
		buf->data[buf->len++] = c;
		buf->data[buf->len] = '\0';
	} else {
		buf_append(buf, &c, 1);
	}
}

/* Empty it and clear `failed`; the memory stays for the next use. */
void buf_reset(struct buf *buf);

/* Free the memory; the maximum stays, so that the buffer can be used again. */
void buf_dispose(struct buf *buf);

static inline struct slice buf_slice(const struct buf *buf)
{
	return (struct slice){buf->data, buf->len};
}

#define buf_auto __attribute__((cleanup(buf_dispose))) struct buf

#endif
