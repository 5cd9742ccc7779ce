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

/*
 * Write `len` bytes as 2 * len lower-case digits to `to`, without a NUL.
 * Returns the place after the last digit.
 */
char *hex_write(const unsigned char *bytes, size_t len, char *to);

#endif
