/* slice.c - see slice.h. */
#include "base/slice.h"

#include <strings.h>

#include "base/hex.h"

struct slice slice_cut(struct slice *text, char separator)
{
	const char *end = text->len ? memchr(text->ptr, separator, text->len) : NULL;
	struct slice head = *text;

	if (!end) {
		*text = slice_from(*text, text->len);
		return head;
	}
	head.len = (size_t)(end - text->ptr);
	*text = slice_from(*text, head.len + 1);
	return head;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct slice slice_trim(struct slice text)
{
	while (text.len > 0 && is_blank(text.ptr[0]))
		text = slice_from(text, 1);
	while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

bool slice_is_caseless(struct slice a, const char *s)
{
	return a.len == strlen(s) && (a.len == 0 || strncasecmp(a.ptr, s, a.len) == 0);
}

bool slice_begins(struct slice a, const char *s)
{
	size_t len = strlen(s);

	return a.len >= len && (len == 0 || memcmp(a.ptr, s, len) == 0);
}

bool slice_number(struct slice text, unsigned base, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;

	assert(base == 10 || base == 16);
	if (text.len == 0)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int digit = hex_value(text.ptr[i]);

		if (digit < 0 || (unsigned)digit >= base || (uint64_t)digit > max ||
		    value > (max - (uint64_t)digit) / base)
			return false;
		value = value * base + (uint64_t)digit;
	}
	*ret_value = value;
	return true;
}
