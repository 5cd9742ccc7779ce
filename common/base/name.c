/* name.c - see name.h. */
#include "base/name.h"

#include <unictype.h>

#define VARIATION_TEXT	0xFE0E
#define VARIATION_EMOJI 0xFE0F
#define JOINER		0x200D
#define KEYCAP		0x20E3
#define BLACK_FLAG	0x1F3F4
#define TAGS		0xE0000 /* a tag is the ASCII character plus this */
#define TAG_END		0xE007F
#define REGION_MIN	3
#define REGION_MAX	6

/* The first character of `text`; 0 at its end. */
static uint32_t first(struct slice text)
{
	uint32_t c = 0;

	return text_char(text.ptr, text.len, &c) > 0 ? c : 0;
}

/* Digits, * and # are emoji in keycaps only. */
static bool may_vary(uint32_t before, uint32_t after)
{
	return uc_is_property_emoji(before) && (before >= 0x80 || after == KEYCAP);
}

static bool may_join(uint32_t before, uint32_t after)
{
	return (uc_is_property_extended_pictographic(before) ||
		uc_is_property_emoji_modifier(before)) &&
	       uc_is_property_extended_pictographic(after);
}

/* The length in bytes of the tags at the start of `text`, if they are the code of a region, or 0.
 */
static size_t region_len(struct slice text)
{
	const size_t whole = text.len;
	size_t count = 0;
	uint32_t c;
	size_t n;

	while ((n = text_char(text.ptr, text.len, &c)) > 0) {
		text = slice_from(text, n);
		if (c == TAG_END)
			return count >= REGION_MIN ? whole - text.len : 0;
		c -= TAGS;
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) || ++count > REGION_MAX)
			return 0;
	}
	return 0;
}

/* Whether `c` may stand outside of emoji. */
static bool is_plain(uint32_t c)
{
	return text_is_ink(c) || uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Zs);
}

bool name_valid(struct slice text)
{
	uint32_t before = 0; /* the character that a selector, joiner or tag would belong to */
	bool varied = false; /* there is a variation selector after it */
	uint32_t c;
	size_t n;

	if (!text_is_visible(text))
		return false;
	while ((n = text_char(text.ptr, text.len, &c)) > 0) {
		size_t region = before == BLACK_FLAG ? region_len(text) : 0;
		struct slice rest = slice_from(text, region > 0 ? region : n);

		if (c == VARIATION_TEXT || c == VARIATION_EMOJI) {
			if (varied || !may_vary(before, first(rest)))
				return false;
			varied = true;
		} else if (c == JOINER) {
			if (!may_join(before, first(rest)))
				return false;
			before = 0;
		} else if (region > 0) {
			before = 0;
		} else if (is_plain(c)) {
			before = c;
			varied = false;
		} else {
			return false;
		}
		text = rest;
	}
	return text.len == 0;
}
