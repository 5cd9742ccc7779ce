/* base64url.c - see base64url.h. */
#include "base/base64url.h"

#include <stdint.h>

#include "base/err.h"

/* The six bits that a character stands for, or -1. */
static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-')
		return 62;
	return c == '_' ? 63 : -1;
}

int base64url_decode(struct slice text, struct buf *out)
{
	size_t len = text.len / 4 * 3 + text.len % 4 * 6 / 8;
	char *at = buf_reserve(out, len);
	uint32_t bits = 0;
	unsigned held = 0;

	if (!at)
		return ERR_NO_MEMORY;
	if (text.len % 4 == 1)
		goto invalid;
	for (size_t i = 0; i < text.len; i++) {
		int value = value_of(text.ptr[i]);

		if (value < 0)
			goto invalid;
		bits = bits << 6 | (uint32_t)value;
		held += 6;
		if (held >= 8) {
			held -= 8;
			*at++ = (char)(bits >> held & 0xFF);
		}
	}
	if ((bits & ((1u << held) - 1)) != 0)
		goto invalid;
	out->len += len;
	return 0;

invalid:
	out->data[out->len] = '\0';
	return ERR_INVALID;
}

void base64url_encode(struct slice bytes, struct buf *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789-_";
	size_t len = bytes.len / 3 * 4 + (bytes.len % 3 > 0 ? bytes.len % 3 + 1 : 0);
	char *at = buf_reserve(out, len);
	uint32_t bits = 0;
	unsigned held = 0;

	if (!at)
		return;
	for (size_t i = 0; i < bytes.len; i++) {
		bits = bits << 8 | (unsigned char)bytes.ptr[i];
		for (held += 8; held >= 6; held -= 6)
			*at++ = alphabet[bits >> (held - 6) & 0x3F];
	}
	if (held > 0)
		*at = alphabet[bits << (6 - held) & 0x3F];
	out->len += len;
}
