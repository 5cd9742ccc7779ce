/* text.c - see text.h. */
#include "base/text.h"

#include <stdlib.h>
#include <unictype.h>
#include <unigbrk.h>
#include <uninorm.h>

#include "base/err.h"

static bool is_space(uint32_t c)
{
	return (c >= '\t' && c <= '\r') || c == ' ' || c == 0xA0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
	       c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

/* The length of the last character of `text` in bytes; 0 when `text` is empty or it is invalid. */
static size_t last_char(struct slice text, uint32_t *ret_c)
{
	size_t n = 1;

	while (n < 4 && n < text.len && (text.ptr[text.len - n] & 0xC0) == 0x80)
		n++;
	if (n > text.len)
		return 0;
	return text_char(text.ptr + text.len - n, n, ret_c) == n ? n : 0;
}

struct slice text_trim(struct slice text)
{
	uint32_t c;
	size_t n;

	while ((n = text_char(text.ptr, text.len, &c)) > 0 && is_space(c))
		text = slice_from(text, n);
	while ((n = last_char(text, &c)) > 0 && is_space(c))
		text.len -= n;
	return text;
}

bool text_is_utf8(struct slice text)
{
	while (text.len) {
		uint32_t c;
		size_t n;

		n = text_char(text.ptr, text.len, &c);
		if (n == 0)
			return false;
		text = slice_from(text, n);
	}
	return true;
}

size_t text_length(struct slice text)
{
	size_t length = 0;

	for (size_t i = 0; i < text.len; i++)
		length += (text.ptr[i] & 0xC0) != 0x80;
	return length;
}

bool text_is_ink(uint32_t c)
{
	static const uint32_t none = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Z;

	return !uc_is_general_category_withtable(c, none) &&
	       !uc_is_property_default_ignorable_code_point(c) && c != 0x2800 && c != 0x1D159;
}

bool text_is_visible(struct slice text)
{
	uint32_t c;
	size_t n;

	while ((n = text_char(text.ptr, text.len, &c)) > 0) {
		if (text_is_ink(c))
			return true;
		text = slice_from(text, n);
	}
	return false;
}

int text_nfc(struct slice text, char *to, size_t size)
{
	size_t len = size - 1;
	uint8_t *nfc;

	assert(size > 0);
	/* It writes to `to` if the result fits, and otherwise to memory of its own. */
	nfc = u8_normalize(UNINORM_NFC, (const uint8_t *)text.ptr, text.len, (uint8_t *)to, &len);
	if (!nfc)
		return ERR_NO_MEMORY;
	if (nfc != (uint8_t *)to) {
		free(nfc);
		return ERR_INVALID;
	}
	to[len] = '\0';
	return 0;
}

/* The length in bytes of the first `count` code points of `text`, or of all when it has fewer. */
static size_t bytes_of(struct slice text, size_t count)
{
	size_t i = 0;

	for (; i < text.len; i++)
		if ((text.ptr[i] & 0xC0) != 0x80 && count-- == 0)
			break;
	return i;
}

struct slice text_cut(struct slice text, size_t max)
{
	char breaks[(TEXT_CUT_MAX + 1) * 4] __attribute__((uninitialized)); /* large */
	size_t end = bytes_of(text, max);

	assert(max <= TEXT_CUT_MAX);
	if (end == text.len)
		return text;
	/* Whether there is a boundary depends on all before it, and on one code point after it. */
	u8_grapheme_breaks((const uint8_t *)text.ptr, bytes_of(text, max + 1), breaks);
	while (end > 0 && !breaks[end])
		end--;
	return (struct slice){text.ptr, end};
}

bool text_has_control(struct slice text, bool allow_lines)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (allow_lines && (c == '\n' || c == '\t'))
			continue;
		if (c < 0x20 || c == 0x7F)
			return true;
		/* U+0080 to U+009F */
		if (c == 0xC2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xA0)
			return true;
	}
	return false;
}

bool text_copy_name(struct slice name, char *to, size_t size)
{
	return name.len > 0 && !text_has_control(name, false) && slice_copy(name, to, size);
}
