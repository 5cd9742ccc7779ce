/*
 * buf.h - a growing byte buffer with a maximum given at birth.
 *
 * A failed append (maximum reached, memory exhausted) sets `failed` and drops all later appends,
 * so that a writer checks once, at the end.
 */
#ifndef BUF_H
#define BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

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
