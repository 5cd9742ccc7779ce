/* html.c - see html.h. */
#include "base/html.h"

#include <unictype.h>

#include "base/text.h"

/* Noncharacters are not allowed in HTML, neither are controls (HTML Standard §13.2.3.5). */
static bool is_left_out(uint32_t c)
{
	return uc_is_property_bidi_control(c) || uc_is_property_not_a_character(c) ||
	       uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cc);
}

static void append(struct buf *to, const char *at, size_t len)
{
	switch (len == 1 ? *at : '\0') {
	case '&':
		buf_puts(to, "&amp;");
		break;
	case '<':
		buf_puts(to, "&lt;");
		break;
	case '>':
		buf_puts(to, "&gt;");
		break;
	case '"':
		buf_puts(to, "&quot;");
		break;
	case '\'':
		buf_puts(to, "&#39;");
		break;
	default:
		buf_append(to, at, len);
	}
}

void html_line(struct buf *to, struct slice text)
{
	bool begun = false, space = false;

	while (text.len) {
		uint32_t c = 0;
		size_t n = text_char(text.ptr, text.len, &c);

		if (n > 0 && uc_is_property_white_space(c)) {
			space = begun;
		} else if (n == 0 || !is_left_out(c)) {
			if (space)
				buf_putc(to, ' ');
			begun = true;
			space = false;
			if (n > 0)
				append(to, text.ptr, n);
			else
				buf_puts(to, "\xEF\xBF\xBD");
		}
		text = slice_from(text, n > 0 ? n : 1);
	}
}
