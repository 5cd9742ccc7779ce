/*
 * hex.h - hexadecimal digits.
 */
#ifndef HEX_H
#define HEX_H

#include <stddef.h>

/* The value of a hexadecimal digit of either case, 0 to 15; -1 when `c` is not one. */
static inline int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Write `len` bytes as 2 * len lower-case digits, without a NUL. Returns what follows them. */
static inline char *hex_write(const unsigned char *bytes, size_t len, char *to)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*to++ = digits[bytes[i] >> 4];
		*to++ = digits[bytes[i] & 0x0F];
	}
	return to;
}

#endif
