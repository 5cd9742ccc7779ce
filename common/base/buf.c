/* buf.c - see buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define CAP_MIN 64

char *buf_reserve(struct buf *buf, size_t len)
{
	size_t need, cap;
	char *data;

	if (buf->failed || len > buf->max - buf->len) {
		buf->failed = true;
		return NULL;
	}
	need = buf->len + len + 1;
	if (need > buf->cap) {
		cap = buf->cap < CAP_MIN ? CAP_MIN : buf->cap * 2;
		if (cap > buf->max + 1)
			cap = buf->max + 1;
		if (cap < need)
			cap = need;
		data = realloc(buf->data, cap);
		if (!data) {
			buf->failed = true;
			return NULL;
		}
		buf->data = data;
		buf->cap = cap;
	}
	buf->data[need - 1] = '\0';
	return buf->data + buf->len;
}

void buf_append(struct buf *buf, const void *bytes, size_t len)
{
	char *at = buf_reserve(buf, len);

	if (!at || len == 0)
		return;
	memcpy(at, bytes, len);
	buf->len += len;
}

void buf_puts(struct buf *buf, const char *s)
{
	buf_append(buf, s, strlen(s));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	/* Write without measuring first: most often there is room. */
	size_t room = buf->failed ? 0 : buf->cap - buf->len;
	char *end = room > 0 ? buf->data + buf->len : NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(end, room, format, args);
	va_end(args);
	if (room > 0 && (len < 0 || (size_t)len >= room))
		*end = '\0'; /* remove what was cut */
	if (len < 0) {
		buf->failed = true;
		return;
	}
	if ((size_t)len >= room) {
		char *at = buf_reserve(buf, (size_t)len);

		if (!at)
			return;
		va_start(args, format);
		vsnprintf(at, (size_t)len + 1, format, args);
		va_end(args);
	}
	buf->len += (size_t)len;
}

void buf_reset(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->data)
		buf->data[0] = '\0';
}

void buf_dispose(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf)BUF_INIT(buf->max);
}
