/* percent.c - see percent.h. */
#include "base/percent.h"

#include "base/err.h"
#include "base/hex.h"
#include "base/text.h"

int percent_decode(struct slice text, bool plus, char *to, size_t *ret_len)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '%') {
			int high = i + 2 < text.len ? hex_value(text.ptr[i + 1]) : -1;
			int low = i + 2 < text.len ? hex_value(text.ptr[i + 2]) : -1;

			if (high < 0 || low < 0)
				return ERR_INVALID;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == '\0')
			return ERR_INVALID;
		to[len++] = c;
	}
	if (!text_is_utf8((struct slice){to, len}))
		return ERR_INVALID;
	*ret_len = len;
	return 0;
}

void percent_encode(struct buf *buf, struct slice text)
{
	static const char digits[] = "0123456789ABCDEF";
	static const char unreserved[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789-._~";

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (memchr(unreserved, c, sizeof(unreserved) - 1)) {
			buf_putc(buf, (char)c);
		} else {
			buf_putc(buf, '%');
			buf_putc(buf, digits[c >> 4]);
			buf_putc(buf, digits[c & 15]);
		}
	}
}
