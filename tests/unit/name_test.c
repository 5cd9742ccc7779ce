/* name_test.c - names without characters that hide, reorder or break; emoji stay whole. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistr.h>

#include "base/name.h"
#include "base/text.h"

static bool valid(const char *name)
{
	return name_valid(slice_of(name));
}

static void names_of_many_scripts_are_valid(void **state)
{
	const char *const names[] = {
		"Andrew Brown",
		"a",
		"7",
		"José",
		"Jose\u0301",
		"Łukasz Żółć",
		"Ελένη",
		"Дмитрий",
		"محمد علي",
		"יוסף",
		"स्वाति",
		"ก้องภพ",
		"ភារម្យ",
		"山田　太郎",
		"김철수",
		"ஐயா",
		"O’Brien-Smith, Jr.",
		"Zoë\u00A0X",
		"☭",
		"@ann",
		"\u0E33",
		"\U0001F600",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_true(valid(names[i]));
}

static void names_without_a_visible_character_are_not_valid(void **state)
{
	const char *const names[] = {
		"",
		" ",
		"\u00A0",
		"\u3000",
		"\u200B",
		"\u3164",
		"\u115F\u1160",
		"\uFFA0",
		"\u2800\u2800",
		"\u00AD",
		"\u034F",
		"\u2060\uFEFF",
		"\uFE0F",
		"\u200D",
		"\U000E0041\U000E0042",
		"\u202E\u202C",
		"\u2028",
		"\U0001D159",
		"\u180E\u180B",
		"\u17B4\u17B5",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_false(text_is_visible(slice_of(names[i])));
		assert_false(valid(names[i]));
	}
}

/* Each of them, at each place of a name that is valid without it. */
static void hidden_characters_are_not_valid_anywhere(void **state)
{
	const char *const hidden[] = {
		/* bidirectional controls (UAX #9) */
		"\u061C",
		"\u200E",
		"\u200F",
		"\u202A",
		"\u202B",
		"\u202C",
		"\u202D",
		"\u202E",
		"\u2066",
		"\u2067",
		"\u2068",
		"\u2069",
		/* joiners, spaces without width, fillers, blanks */
		"\u200B",
		"\u200C",
		"\u200D",
		"\u2060",
		"\u2061",
		"\u2064",
		"\uFEFF",
		"\u00AD",
		"\u034F",
		"\u115F",
		"\u1160",
		"\u3164",
		"\uFFA0",
		"\u2800",
		"\u180E",
		"\u17B4",
		"\u206A",
		"\u206F",
		"\uFFF9",
		"\uFFFB",
		"\U0001BCA0",
		"\U0001D159",
		"\U0001D173",
		/* selectors and tags */
		"\uFE00",
		"\uFE0E",
		"\uFE0F",
		"\U000E0100",
		"\U000E01EF",
		"\U000E0001",
		"\U000E0041",
		"\U000E007F",
		"\u180B",
		/* lines and controls */
		"\u2028",
		"\u2029",
		"\xC2\x85",
		"\n",
		"\t",
		"\x7F",
		"\x01",
		/* signs of other scripts that are format characters */
		"\u0600",
		"\u06DD",
		"\u070F",
		"\U000110BD",
	};
	char name[64];

	(void)state;
	for (size_t i = 0; i < COUNT(hidden); i++) {
		snprintf(name, sizeof(name), "%sAnn", hidden[i]);
		assert_false(valid(name));
		snprintf(name, sizeof(name), "An%sn", hidden[i]);
		assert_false(valid(name));
		snprintf(name, sizeof(name), "Ann%s", hidden[i]);
		assert_false(valid(name));
	}
}

#define WOMAN	  "\U0001F469"
#define LAPTOP	  "\U0001F4BB"
#define FLAG	  "\U0001F3F4"
#define TAGS_gb	  "\U000E0067\U000E0062"
#define TAGS_sct  "\U000E0073\U000E0063\U000E0074"
#define TAGS_0az9 "\U000E0030\U000E0061\U000E007A\U000E0039"
#define TAG_END	  "\U000E007F"

static void emoji_are_sequences(void **state)
{
	const char *const good[] = {
		"❤\uFE0F",
		"❤\uFE0E",
		"Ann ❤\uFE0F Ben",
		WOMAN "\u200D" LAPTOP,
		WOMAN "\U0001F3FD\u200D" LAPTOP,
		"\U0001F3F3\uFE0F\u200D\U0001F308",
		WOMAN "\u200D❤\uFE0F\u200D" WOMAN,
		"1\uFE0F\u20E3",
		"*\uFE0F\u20E3",
		"1\u20E3",
		FLAG TAGS_gb TAGS_sct TAG_END,
		"x" FLAG TAGS_gb TAGS_sct TAG_END "y",
		FLAG TAGS_0az9 TAG_END,
		FLAG "\u200D\u2620\uFE0F",
		"\U0001F1E9\U0001F1EA",
		"©\uFE0F",
	};
	const char *const bad[] = {
		"a\uFE0F",
		"❤\uFE0F\uFE0F",
		"❤\uFE0E\uFE0F",
		"1\uFE0F",
		"1\uFE0Fx",
		"\uFE0F❤",
		WOMAN "\u200D",
		"\u200D" WOMAN,
		WOMAN "\u200D\u200D" LAPTOP,
		WOMAN "\u200Dx",
		"x\u200D" WOMAN,
		WOMAN "\u200D\U0001F3FD",
		"1\u200D" WOMAN,
		FLAG TAGS_gb TAG_END,
		FLAG TAGS_gb TAGS_sct,
		FLAG TAG_END,
		FLAG TAGS_gb TAGS_sct TAGS_gb TAG_END,
		FLAG TAGS_gb TAGS_sct TAG_END TAG_END,
		WOMAN TAGS_gb TAGS_sct TAG_END,
		FLAG TAGS_gb TAGS_sct "x" TAG_END,
		FLAG "\uFE0F" TAG_END,
		FLAG TAGS_gb "\U000E0041" TAG_END,
		/* the neighbours of digits and letters */
		FLAG TAGS_gb "\U000E002F" TAG_END,
		FLAG TAGS_gb "\U000E003A" TAG_END,
		FLAG TAGS_gb "\U000E0060" TAG_END,
		FLAG TAGS_gb "\U000E007B" TAG_END,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(valid(good[i]));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(valid(bad[i]));
}

/* emoji-test.txt of Debian's package unicode-data: "1F600 ; fully-qualified # …" */
static void every_emoji_of_unicode_is_valid(void **state)
{
	FILE *file = fopen("/usr/share/unicode/emoji/emoji-test.txt", "r");
	char line[1024];
	size_t cases = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		const char *at = line;
		char name[256];
		size_t len = 0;
		char *end;

		if (*line == '#' || *line == '\n')
			continue;
		while (*at != ';') {
			ucs4_t c = (ucs4_t)strtoul(at, &end, 16);

			len += (size_t)u8_uctomb((uint8_t *)name + len, c, 6);
			at = end + strspn(end, " ");
		}
		name[len] = '\0';
		assert_true(valid(name));
		cases++;
	}
	fclose(file);
	assert_true(cases > 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_many_scripts_are_valid),
		cmocka_unit_test(names_without_a_visible_character_are_not_valid),
		cmocka_unit_test(hidden_characters_are_not_valid_anywhere),
		cmocka_unit_test(emoji_are_sequences),
		cmocka_unit_test(every_emoji_of_unicode_is_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
