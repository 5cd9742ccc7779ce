/* text_test.c - characters, trimming as JavaScript does it, lengths, cutting, controls. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unictype.h>

#include "base/err.h"
#include "base/text.h"

#define CODE_POINTS 0x110000u

static bool is_surrogate(uint32_t c)
{
	return c >= 0xD800 && c <= 0xDFFF;
}

/* Encode as RFC 3629 says, surrogates too. */
static size_t encode(uint32_t c, char ret[4])
{
	size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0x00, 0xC0, 0xE0, 0xF0};

	for (size_t i = len - 1; i > 0; i--, c >>= 6)
		ret[i] = (char)(0x80 | (c & 0x3F));
	ret[0] = (char)(lead[len] | c);
	return len;
}

static void each_character_is_read_whole_or_not_at_all(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < CODE_POINTS; c++) {
		char bytes[4];
		size_t len = encode(c, bytes);
		uint32_t read = 0;

		if (is_surrogate(c)) {
			assert_int_equal(text_char(bytes, len, &read), 0);
			continue;
		}
		assert_int_equal(text_char(bytes, len, &read), len);
		assert_int_equal(read, c);
		for (size_t cut = 0; cut < len; cut++)
			assert_int_equal(text_char(bytes, cut, &read), 0);
	}
}

/* As many sequences are accepted as there are characters, so there are no others. */
static void no_other_sequences_are_characters(void **state)
{
	static const unsigned char edges[] = {0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF};
	size_t found[5] = {0};
	char b[4];
	uint32_t c;

	(void)state;
	for (int i = 0; i < 0x10000; i++) {
		b[0] = (char)(i >> 8);
		b[1] = (char)i;
		found[text_char(b, 2, &c)]++;
	}
	assert_int_equal(found[1], 0x80 * 0x100);
	assert_int_equal(found[2], 0x800 - 0x80);

	for (int i = 0xE00000; i < 0xF00000; i++) {
		b[0] = (char)(i >> 16);
		b[1] = (char)(i >> 8);
		b[2] = (char)i;
		found[text_char(b, 3, &c)]++;
	}
	assert_int_equal(found[3], 0x10000 - 0x800 - 0x800);

	/* The first two bytes decide; of the other two only edge values are tried. */
	for (int i = 0xF000; i < 0x10000; i++) {
		for (size_t j = 0; j < COUNT(edges) * COUNT(edges); j++) {
			b[0] = (char)(i >> 8);
			b[1] = (char)i;
			b[2] = (char)edges[j / COUNT(edges)];
			b[3] = (char)edges[j % COUNT(edges)];
			found[text_char(b, 4, &c)]++;
		}
	}
	assert_int_equal(found[4], (0x110000 - 0x10000) / 0x1000 * 2 * 2);
}

static void plain_runs_end_at_each_special_byte(void **state)
{
	(void)state;
	for (size_t len = 0; len <= 20; len++) {
		for (size_t at = 0; at < len; at++) {
			for (int c = 0; c < 256; c++) {
				bool plain = c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
				char bytes[20];

				memset(bytes, 'a', len);
				bytes[at] = (char)c;
				assert_int_equal(text_plain(bytes, len), plain ? len : at);
			}
		}
	}
}

/* Adjacent special bytes, where a step of eight bytes could miss or invent one. */
static void plain_runs_of_random_bytes(void **state)
{
	static const unsigned char any[] = {0x00, 0x01, 0x1F, 0x20, 0x21, '"',	'#',  '[',
					    '\\', ']',	0x7E, 0x7F, 0x80, 0x81, 0xA0, 0xFF};

	(void)state;
	for (int i = 0; i < 100000; i++) {
		char bytes[24];
		size_t len = random_below(sizeof(bytes) + 1);
		size_t expected = 0;
		char *copy;

		for (size_t j = 0; j < len; j++)
			bytes[j] = (char)(random_below(4) ? any[random_below(COUNT(any))]
							  : random_below(256));
		while (expected < len && (unsigned char)bytes[expected] >= 0x20 &&
		       (unsigned char)bytes[expected] < 0x80 && bytes[expected] != '"' &&
		       bytes[expected] != '\\')
			expected++;
		copy = exact_copy(bytes, len);
		assert_int_equal(text_plain(copy, len), expected);
		free(copy);
	}
}

static bool is_trimmed(uint32_t c)
{
	/* ECMA-262: WhiteSpace (with the category Zs of Unicode) and LineTerminator */
	static const uint32_t space[] = {
		'\t',	'\n',	'\v',	'\f',	'\r',	' ',	0xA0,	0x1680, 0x2000,
		0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009,
		0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF,
	};

	for (size_t i = 0; i < COUNT(space); i++)
		if (space[i] == c)
			return true;
	return false;
}

static void trims_exactly_what_javascript_trims(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < CODE_POINTS; c++) {
		char bytes[4 + 1 + 4];
		size_t len;
		struct slice text;

		if (is_surrogate(c))
			continue;
		len = encode(c, bytes);
		bytes[len] = 'x';
		memcpy(bytes + len + 1, bytes, len);
		text = text_trim((struct slice){bytes, len + 1 + len});
		if (is_trimmed(c))
			assert_true(slice_is(text, "x"));
		else
			assert_int_equal(text.len, len + 1 + len);

		text = text_trim((struct slice){bytes, len});
		assert_int_equal(text.len, is_trimmed(c) ? 0 : len);
	}
}

static void trims_runs_and_keeps_the_middle(void **state)
{
	struct slice text;

	(void)state;
	text = text_trim(SLICE(" \t\xE2\x80\xA8 a \xC2\xA0 b\xF0\x9F\x98\x80\r\n\xEF\xBB\xBF "));
	assert_true(slice_is(text, "a \xC2\xA0 b\xF0\x9F\x98\x80"));
	assert_int_equal(text_trim(SLICE(" \xE3\x80\x80\xE2\x80\x89\v")).len, 0);
	assert_int_equal(text_trim(SLICE("")).len, 0);
	assert_int_equal(text_trim((struct slice){NULL, 0}).len, 0);
}

static void length_counts_code_points(void **state)
{
	(void)state;
	assert_int_equal(text_length(SLICE("")), 0);
	assert_int_equal(text_length(SLICE("abc")), 3);
	assert_int_equal(text_length(SLICE("a\0b")), 3);
	assert_int_equal(text_length(SLICE("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")), 3);
	/* The family emoji has seven code points. */
	assert_int_equal(text_length(SLICE("\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80"
					   "\x8D\xF0\x9F\x91\xA7\xE2\x80\x8D\xF0\x9F\x91\xA6")),
			 7);
}

static void assert_cut(struct slice text, size_t max, size_t len)
{
	struct slice cut = text_cut(text, max);

	assert_int_equal(cut.len, len);
	assert_ptr_equal(cut.ptr, text.ptr);
}

/* A family of four, seven code points in 25 bytes; the flag of Germany; e with an acute accent. */
#define FAMILY                                                                                     \
	"\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D"                                 \
	"\xF0\x9F\x91\xA7\xE2\x80\x8D\xF0\x9F\x91\xA6"
#define FLAG_DE "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA"
#define E_ACUTE "e\xCC\x81"

static void a_text_is_cut_between_graphemes(void **state)
{
	(void)state;
	assert_cut(SLICE(""), 0, 0);
	assert_cut(SLICE("abc"), 0, 0);
	assert_cut(SLICE("abc"), 2, 2);
	assert_cut(SLICE("abc"), 3, 3);
	assert_cut(SLICE("abc"), TEXT_CUT_MAX, 3);
	assert_cut(SLICE("a" E_ACUTE "b"), 1, 1);
	assert_cut(SLICE("a" E_ACUTE "b"), 2, 1);
	assert_cut(SLICE("a" E_ACUTE "b"), 3, 4);
	assert_cut(SLICE("a" E_ACUTE "b"), 4, 5);
	assert_cut(SLICE("\r\n"), 1, 0);
	for (size_t max = 1; max < 8; max++)
		assert_cut(SLICE("a" FAMILY "b"), max, 1);
	assert_cut(SLICE("a" FAMILY "b"), 8, 26);
	assert_cut(SLICE(FAMILY), 6, 0);
	assert_cut(SLICE(FAMILY), 7, 25);
	/* Flags are pairs, counted from the first. */
	assert_cut(SLICE(FLAG_DE FLAG_DE), 1, 0);
	assert_cut(SLICE(FLAG_DE FLAG_DE), 2, 8);
	assert_cut(SLICE(FLAG_DE FLAG_DE), 3, 8);
	assert_cut(SLICE(FLAG_DE FLAG_DE), 4, 16);
	/* A syllable of Hangul in three letters; a Devanagari consonant with its vowel sign. */
	assert_cut(SLICE("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB."), 2, 0);
	assert_cut(SLICE("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB."), 3, 9);
	assert_cut(SLICE("\xE0\xA4\x95\xE0\xA4\xBF."), 1, 0);
	assert_cut(SLICE("\xE0\xA4\x95\xE0\xA4\xBF."), 2, 6);
}

/* One letter with more marks than any limit is one grapheme. */
static void a_grapheme_that_does_not_fit_is_left_out(void **state)
{
	char text[1 + 2 * (TEXT_CUT_MAX + 10)] = "x";

	(void)state;
	for (size_t i = 1; i < sizeof(text); i += 2)
		memcpy(text + i, "\xCC\x81", 2);
	assert_cut((struct slice){text, sizeof(text)}, TEXT_CUT_MAX, 0);
	assert_cut((struct slice){text, sizeof(text)}, 140, 0);
}

/*
 * GraphemeBreakTest.txt of Debian's package unicode-data: "÷ 0061 × 0301 ÷ # …", code points with ÷
 * where a boundary is and × where no boundary is.
 */
static void cuts_agree_with_unicodes_own_cases(void **state)
{
	FILE *file = fopen("/usr/share/unicode/auxiliary/GraphemeBreakTest.txt", "r");
	char line[1024], text[256];
	size_t cases = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		size_t boundary = 0; /* the last one, in bytes */
		size_t len = 0, count = 0;
		size_t ends[64];

		line[strcspn(line, "#\n")] = '\0';
		if (!*line)
			continue;
		for (const char *word = strtok(line, " \t"); word; word = strtok(NULL, " \t")) {
			if (strcmp(word, "÷") == 0)
				boundary = len;
			if (strcmp(word, "÷") == 0 || strcmp(word, "×") == 0) {
				ends[count++] = boundary;
				continue;
			}
			len += encode((uint32_t)strtoul(word, NULL, 16), text + len);
		}
		for (size_t max = 0; max < count; max++)
			assert_cut((struct slice){text, len}, max, ends[max]);
		cases++;
	}
	fclose(file);
	assert_true(cases > 500);
}

static void ink_is_what_is_seen(void **state)
{
	(void)state;
	assert_true(text_is_visible(SLICE("\u200B.\u3164")));
	assert_true(text_is_visible(SLICE("\u0301")));
	assert_true(text_is_visible(SLICE("\u2801")));
	assert_true(text_is_visible(SLICE("\U0001F600")));
	assert_true(text_is_visible(SLICE("\uE000")));
	assert_false(text_is_visible(SLICE("")));
	assert_false(text_is_visible(SLICE(" \n\t\u2003\u3000\u2029")));
	assert_false(text_is_visible(SLICE("\u200B\u200D\uFE0F\u3164\u2800\u00AD\U000E0041")));
	for (uint32_t c = 0; c < 0x80; c++)
		assert_int_equal(text_is_ink(c), c > ' ' && c < 0x7F);
}

static void assert_nfc(const char *text, const char *nfc)
{
	char to[64];

	assert_int_equal(text_nfc(slice_of(text), to, sizeof(to)), 0);
	assert_string_equal(to, nfc);
}

/* Examples of UAX #15, figures 3 to 6. */
static void texts_are_composed(void **state)
{
	char to[10];

	(void)state;
	assert_nfc("", "");
	assert_nfc("plain", "plain");
	assert_nfc("e\u0301", "\u00E9");
	assert_nfc("\u212B", "\u00C5");
	assert_nfc("A\u030A", "\u00C5");
	assert_nfc("\u1E9B\u0323", "\u1E9B\u0323");
	assert_nfc("s\u0323\u0307", "\u1E69");
	assert_nfc("s\u0307\u0323", "\u1E69");
	assert_nfc("\uFB01", "\uFB01");
	assert_nfc("\u1112\u1161\u11AB", "\uD55C");
	/* The largest growth: a composition exclusion of four bytes becomes twelve. */
	assert_nfc("\U0001D160", "\U0001D158\U0001D165\U0001D16E");
	assert_int_equal(strlen("\U0001D160") * TEXT_NFC_GROWTH, 12);

	assert_int_equal(text_nfc(SLICE("123456789"), to, sizeof(to)), 0);
	assert_string_equal(to, "123456789");
	assert_int_equal(text_nfc(SLICE("1234567890"), to, sizeof(to)), ERR_INVALID);
	assert_int_equal(text_nfc(SLICE("12345678e\u0301"), to, sizeof(to)), ERR_INVALID);
}

/* The code points in hexadecimal at `*at`, up to a semicolon, as UTF-8. */
static void read_field(const char **at, char *text)
{
	char *end;

	while (**at != ';') {
		text += encode((uint32_t)strtoul(*at, &end, 16), text);
		*at = end;
	}
	*text = '\0';
	(*at)++;
}

/* Whether `text` has a character of a later Unicode than libunistring's. */
static bool is_newer(const char *text)
{
	uint32_t c;

	for (size_t n; (n = text_char(text, strlen(text), &c)) > 0; text += n)
		if (uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cn))
			return true;
	return false;
}

/* NormalizationTest.txt of unicode-data: source; NFC; NFD; NFKC; NFKD; # comment */
static void composing_agrees_with_unicodes_own_cases(void **state)
{
	char line[1024], source[128], nfc[128], nfd[128], to[512];
	size_t cases = 0;
	FILE *file;

	(void)state;
	file = popen("bzip2 -dc /usr/share/unicode/NormalizationTest.txt.bz2", "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		const char *at = line;

		if (!strchr("0123456789ABCDEF", *line))
			continue;
		read_field(&at, source);
		read_field(&at, nfc);
		read_field(&at, nfd);
		if (is_newer(source))
			continue;
		assert_int_equal(text_nfc(slice_of(source), to, sizeof(to)), 0);
		assert_string_equal(to, nfc);
		assert_int_equal(text_nfc(slice_of(nfd), to, sizeof(to)), 0);
		assert_string_equal(to, nfc);
		cases++;
	}
	assert_int_equal(pclose(file), 0);
	assert_true(cases > 10000);
}

static void control_characters_are_category_cc(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < CODE_POINTS; c++) {
		bool control = c < 0x20 || (c >= 0x7F && c <= 0x9F);
		bool line = c == '\n' || c == '\t';
		char bytes[1 + 4] = {'x'};
		struct slice text = {bytes, 1};

		if (is_surrogate(c))
			continue;
		text.len += encode(c, bytes + 1);
		assert_int_equal(text_has_control(text, false), control);
		assert_int_equal(text_has_control(text, true), control && !line);
	}
	assert_true(text_has_control(SLICE("line\nand bell\a"), true));
	assert_false(text_has_control(SLICE(""), false));
}

static void a_name_is_copied_if_it_fits_and_is_one_line(void **state)
{
	char to[6] = "old";

	(void)state;
	assert_false(text_copy_name(SLICE(""), to, sizeof(to)));
	assert_false(text_copy_name(SLICE("a\nb"), to, sizeof(to)));
	assert_false(text_copy_name(SLICE("a\0b"), to, sizeof(to)));
	assert_false(text_copy_name(SLICE("\xC2\x85"), to, sizeof(to)));
	assert_false(text_copy_name(SLICE("abcdef"), to, sizeof(to)));
	assert_string_equal(to, "old");
	assert_true(text_copy_name(SLICE("\xC3\xA9 \xC3\xA9"), to, sizeof(to)));
	assert_string_equal(to, "\xC3\xA9 \xC3\xA9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_character_is_read_whole_or_not_at_all),
		cmocka_unit_test(no_other_sequences_are_characters),
		cmocka_unit_test(plain_runs_end_at_each_special_byte),
		cmocka_unit_test(plain_runs_of_random_bytes),
		cmocka_unit_test(trims_exactly_what_javascript_trims),
		cmocka_unit_test(trims_runs_and_keeps_the_middle),
		cmocka_unit_test(length_counts_code_points),
		cmocka_unit_test(a_text_is_cut_between_graphemes),
		cmocka_unit_test(a_grapheme_that_does_not_fit_is_left_out),
		cmocka_unit_test(cuts_agree_with_unicodes_own_cases),
		cmocka_unit_test(ink_is_what_is_seen),
		cmocka_unit_test(texts_are_composed),
		cmocka_unit_test(composing_agrees_with_unicodes_own_cases),
		cmocka_unit_test(control_characters_are_category_cc),
		cmocka_unit_test(a_name_is_copied_if_it_fits_and_is_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
