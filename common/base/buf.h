/*
 * buf.h - a growing byte buffer with a fixed maximum.
 *
 *	data ──▶ bytes … | NUL | unused …
 *	         └ len ┘
 *	         └───────── cap ────────┘     cap is at most max + 1
 *
 * An append fails when the maximum is reached or memory is exhausted. It then sets `failed`, and
 * all later appends do nothing: a writer checks `failed` once, at the end.
 */
#ifndef BUF_H
#define BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* data is NULL before the first append. */
struct buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max; /* of len */
	bool failed;
};

#define BUF_INIT(max_)                                                                             \
	{                                                                                          \
		.max = (max_)                                                                      \
	}

/* Append `len` bytes; a NUL-terminated string; formatted text. */
void buf_append(struct buf *buf, const void *bytes, size_t len);
void buf_puts(struct buf *buf, const char *s);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Make room for `len` more bytes. Returns the place where they go, or NULL with `failed` set. The
 * caller writes there and then adds to buf->len what it wrote.
 */
char *buf_reserve(struct buf *buf, size_t len);

/* Append one byte. */
static inline void buf_putc(struct buf *buf, char c)
{
	if (buf->len + 1 < buf->cap && !buf->failed) {
		buf->data[buf->len++] = c;
		buf->data[buf->len] = '\0';
	} else {
		buf_append(buf, &c, 1);
	}
}

/* Empty the buffer and clear `failed`; the memory is kept for the next use. */
void buf_reset(struct buf *buf);

/* Free the memory. The maximum stays: the buffer can be used again. */
void buf_dispose(struct buf *buf);

static inline struct slice buf_slice(const struct buf *buf)
{
	return (struct slice){buf->data, buf->len};
}

#define buf_auto __attribute__((cleanup(buf_dispose))) struct buf

#endif
