/* hex.c - see hex.h. */
#include "base/hex.h"

char *hex_write(const unsigned char *bytes, size_t len, char *to)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*to++ = digits[bytes[i] >> 4];
		*to++ = digits[bytes[i] & 0x0F];
	}
	return to;
}
