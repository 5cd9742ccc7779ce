/*
 * text.h - Unicode text in UTF-8 (RFC 3629): reading characters, trimming, counting.
 *
 * The front end trims and counts by the same rules, so both sides agree about a limit.
 */
#ifndef TEXT_H
#define TEXT_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Read the character at `at`; `left` bytes are there.
 *
 * ret_c: its code point.
 * Returns its length in bytes; 0 when `left` is 0, and for an overlong form, a surrogate, a value
 * above U+10FFFF, or a character that is cut short.
 */
static inline size_t text_char(const char *at, size_t left, uint32_t *ret_c)
{
	const unsigned char *u = (const unsigned char *)at;
	uint32_t c;

#define TEXT_TAIL_(i) ((u[i] & 0xC0) == 0x80)
	if (left >= 1 && u[0] < 0x80) {
		*ret_c = u[0];
		return 1;
	}
	if (left >= 2 && u[0] >= 0xC2 && u[0] <= 0xDF && TEXT_TAIL_(1)) {
		*ret_c = (u[0] & 0x1Fu) << 6 | (u[1] & 0x3Fu);
		return 2;
	}
	if (left >= 3 && (u[0] & 0xF0) == 0xE0 && TEXT_TAIL_(1) && TEXT_TAIL_(2)) {
		c = (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
		if (c < 0x800 || (c >= 0xD800 && c <= 0xDFFF))
			return 0;
		*ret_c = c;
		return 3;
	}
	if (left >= 4 && (u[0] & 0xF8) == 0xF0 && TEXT_TAIL_(1) && TEXT_TAIL_(2) && TEXT_TAIL_(3)) {
		c = (u[0] & 0x07u) << 18 | (u[1] & 0x3Fu) << 12 | (u[2] & 0x3Fu) << 6 |
		    (u[3] & 0x3Fu);
		if (c < 0x10000 || c > 0x10FFFF)
			return 0;
		*ret_c = c;
		return 4;
	}
#undef TEXT_TAIL_
	return 0;
}

/*
 * The number of bytes from `at` on, at most `len`, that a JSON string holds unescaped: ASCII
 * without control characters, `"` and `\`.
 *
 * Eight bytes are tested in one step. hasless(v, n) of "Bit Twiddling Hacks" (Sean Eron Anderson,
 * after Alan Mycroft), (v - ones * n) & ~v & ones * 0x80, has the top bit of each byte set that is
 * below n; hasless(v ^ ones * c, 1) finds the bytes that equal c.
 */
static inline size_t text_plain(const char *at, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	size_t n = 0;

	for (; len - n >= 8; n += 8) {
		uint64_t v, quote, backslash, special;

		memcpy(&v, at + n, 8);
		v = le64toh(v);
		quote = v ^ ones * '"';
		backslash = v ^ ones * '\\';
		/* A borrow sets wrong bits only above a right one: the lowest bit is right. */
		special = (((v - ones * 0x20) & ~v) | ((quote - ones) & ~quote) |
			   ((backslash - ones) & ~backslash) | v) &
			  ones * 0x80;
		if (special != 0)
			return n + (size_t)__builtin_ctzll(special) / 8;
	}
	while (n < len) {
		unsigned char c = (unsigned char)at[n];

		if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
			break;
		n++;
	}
	return n;
}

/*
 * `text` without the white space and line ends at both ends that JavaScript's String.prototype.trim
 * removes (ECMA-262: WhiteSpace, LineTerminator). The result points into `text`.
 */
struct slice text_trim(struct slice text);

/* Whether `text` is valid UTF-8. */
bool text_is_utf8(struct slice text);

/* The number of code points in `text`, which is valid UTF-8. */
size_t text_length(struct slice text);

/*
 * Whether `c` leaves a mark of its own on the page: it is not a control, a format character, a
 * space or a separator (general categories Cc, Cf, Zs, Zl, Zp), not ignorable by default (UAX #44:
 * Default_Ignorable_Code_Point, among them the fillers of Hangul), and not one of the two symbols
 * that are blank: U+2800, the braille pattern without dots, and U+1D159, the musical null note
 * head.
 */
bool text_is_ink(uint32_t c);

/* Whether a reader sees anything of `text`, which is valid UTF-8: it has a character with ink. */
bool text_is_visible(struct slice text);

/*
 * Write `text`, which is valid UTF-8, in Unicode Normalization Form C (UAX #15) to `to`, which has
 * `size` bytes, as a NUL-terminated string. TEXT_NFC_GROWTH times the bytes of `text` are always
 * enough (UAX #15 §9, table 4).
 *
 * Returns 0; ERR_INVALID when it does not fit; ERR_NO_MEMORY. `to` is undefined after an error.
 */
int text_nfc(struct slice text, char *to, size_t size) __attribute__((warn_unused_result));
#define TEXT_NFC_GROWTH 3

#define TEXT_CUT_MAX 1024 /* code points */

/*
 * The longest prefix of `text`, which is valid UTF-8, that has at most `max` code points and ends
 * between two extended grapheme clusters (UAX #29 §3.1.1, as libunistring's u8_grapheme_breaks
 * finds them): what a reader sees as one character is never cut.
 *
 * max: at most TEXT_CUT_MAX.
 * The result points into `text`. It is empty when the first cluster alone has more than `max` code
 * points.
 */
struct slice text_cut(struct slice text, size_t max);

/*
 * Whether `text`, which is valid UTF-8, contains a control character (category Cc: U+0000 to
 * U+001F, U+007F to U+009F). allow_lines: newline and tab do not count.
 */
bool text_has_control(struct slice text, bool allow_lines);

/*
 * Copy a name from outside (a subject, a key id, an attribute), valid UTF-8, to `to`, which has
 * `size` bytes, as a NUL-terminated string.
 * Returns false, and writes nothing, when the name is empty, does not fit, or contains a control
 * character.
 */
bool text_copy_name(struct slice name, char *to, size_t size);

#endif
