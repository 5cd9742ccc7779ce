/* jsonout.c - see jsonout.h. */
#include "json/jsonout.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"

#define FORMAT_MAX 1024

/* Write the comma before a key or a value, if one is due. */
static void begin_value(struct jsonout *out)
{
	if (out->comma)
		buf_putc(out->buf, ',');
	out->comma = true;
}

static void put_value(struct jsonout *out, struct slice json)
{
	begin_value(out);
	buf_append(out->buf, json.ptr, json.len);
}

static void enter(struct jsonout *out, char bracket)
{
	begin_value(out);
	buf_putc(out->buf, bracket);
	out->comma = false;
	if (out->depth == JSONOUT_DEPTH_MAX) {
		out->failed = true;
		return;
	}
	out->depth++;
	if (bracket == '{')
		out->object |= UINT32_C(1) << (out->depth - 1);
	else
		out->object &= ~(UINT32_C(1) << (out->depth - 1));
}

static void leave(struct jsonout *out, char bracket)
{
	bool object;

	if (out->depth == 0) {
		out->failed = true;
		return;
	}
	object = (out->object >> (out->depth - 1) & 1) != 0;
	if (object != (bracket == '}'))
		out->failed = true;
	buf_putc(out->buf, bracket);
	out->comma = true;
	out->depth--;
}

static void put_escape(struct buf *buf, char c)
{
	switch (c) {
	case '"':
		buf_append(buf, "\\\"", 2);
		break;
	case '\\':
		buf_append(buf, "\\\\", 2);
		break;
	case '\b':
		buf_append(buf, "\\b", 2);
		break;
	case '\f':
		buf_append(buf, "\\f", 2);
		break;
	case '\n':
		buf_append(buf, "\\n", 2);
		break;
	case '\r':
		buf_append(buf, "\\r", 2);
		break;
	case '\t':
		buf_append(buf, "\\t", 2);
		break;
	default:
		buf_printf(buf, "\\u%04x", (unsigned)c);
		break;
	}
}

void jsonout_begin(struct jsonout *out, struct buf *buf)
{
	*out = (struct jsonout){.buf = buf};
}

void jsonout_object(struct jsonout *out)
{
	enter(out, '{');
}

void jsonout_object_end(struct jsonout *out)
{
	leave(out, '}');
}

void jsonout_array(struct jsonout *out)
{
	enter(out, '[');
}

void jsonout_array_end(struct jsonout *out)
{
	leave(out, ']');
}

void jsonout_key(struct jsonout *out, const char *key)
{
	size_t len = strlen(key);
	char *at;

	assert(out->failed || (out->depth > 0 && (out->object >> (out->depth - 1) & 1) != 0));
	begin_value(out);
	out->comma = false;
	at = buf_reserve(out->buf, len + 3);
	if (!at)
		return;
	at[0] = '"';
	memcpy(at + 1, key, len);
	at[len + 1] = '"';
	at[len + 2] = ':';
	out->buf->len += len + 3;
}

/* Inlined: nearly every text of an answer passes here. */
static inline __attribute__((always_inline)) bool escape(struct buf *buf, struct slice text)
{
	const char *at = text.ptr;
	const char *from = at; /* bytes before it are written already */
	size_t left = text.len;

	while (left > 0) {
		uint32_t c;
		size_t n = text_plain(at, left);

		at += n;
		left -= n;
		if (left == 0)
			break;
		n = text_char(at, left, &c);
		if (n == 0)
			return false;
		if (n == 1) {
			buf_append(buf, from, (size_t)(at - from));
			put_escape(buf, *at);
			from = at + 1;
		}
		at += n;
		left -= n;
	}
	if (at != from)
		buf_append(buf, from, (size_t)(at - from));
	return true;
}

bool jsonout_escape(struct buf *buf, struct slice text)
{
	return escape(buf, text);
}

void jsonout_string(struct jsonout *out, struct slice value)
{
	begin_value(out);
	buf_putc(out->buf, '"');
	if (!escape(out->buf, value)) {
		out->failed = true;
		return;
	}
	buf_putc(out->buf, '"');
}

void jsonout_text(struct jsonout *out, const char *value)
{
	if (!value)
		jsonout_null(out);
	else
		jsonout_string(out, slice_of(value));
}

void jsonout_integer(struct jsonout *out, int64_t value)
{
	char digits[20]; /* -9223372036854775808 */
	char *at = digits + sizeof(digits);
	int64_t left = value;

	do {
		int digit = (int)(left % 10);

		*--at = (char)('0' + (digit < 0 ? -digit : digit));
		left /= 10;
	} while (left != 0);
	if (value < 0)
		*--at = '-';
	put_value(out, (struct slice){at, (size_t)(digits + sizeof(digits) - at)});
}

void jsonout_bool(struct jsonout *out, bool value)
{
	put_value(out, value ? SLICE("true") : SLICE("false"));
}

void jsonout_null(struct jsonout *out)
{
	put_value(out, SLICE("null"));
}

void jsonout_time(struct jsonout *out, int64_t us)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(us, text);
	jsonout_text(out, text);
}

void jsonout_format(struct jsonout *out, const char *format, ...)
{
	char text[FORMAT_MAX + 1] __attribute__((uninitialized));
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0 || len > FORMAT_MAX) {
		out->failed = true;
		return;
	}
	jsonout_string(out, (struct slice){text, (size_t)len});
}

void jsonout_raw(struct jsonout *out, struct slice json)
{
	put_value(out, json);
}

void jsonout_member_string(struct jsonout *out, const char *key, struct slice value)
{
	jsonout_key(out, key);
	jsonout_string(out, value);
}

void jsonout_member_optional(struct jsonout *out, const char *key, struct slice value)
{
	jsonout_key(out, key);
	if (value.ptr)
		jsonout_string(out, value);
	else
		jsonout_null(out);
}

void jsonout_member_text(struct jsonout *out, const char *key, const char *value)
{
	jsonout_key(out, key);
	jsonout_text(out, value);
}

void jsonout_member_integer(struct jsonout *out, const char *key, int64_t value)
{
	jsonout_key(out, key);
	jsonout_integer(out, value);
}

void jsonout_member_bool(struct jsonout *out, const char *key, bool value)
{
	jsonout_key(out, key);
	jsonout_bool(out, value);
}

int jsonout_end(struct jsonout *out)
{
	if (out->failed || out->depth != 0)
		return ERR_INTERNAL;
	return out->buf->failed ? ERR_NO_MEMORY : 0;
}
