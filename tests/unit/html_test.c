/* html_test.c - hostile texts in an HTML document. */
#include "unit.h"

#include "base/html.h"

static void assert_line(const char *text, size_t len, const char *expected)
{
	buf_auto to = BUF_INIT(4096);
	char *copy = exact_copy(text, len);

	html_line(&to, (struct slice){copy, len});
	assert_false(to.failed);
	assert_string_equal(to.data ? to.data : "", expected);
	free(copy);
}

static void markup_becomes_text(void **state)
{
	static const char *const names[][2] = {
		{"", ""},
		{"Zoë", "Zoë"},
		{"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
		{"</title><img src=x onerror=alert(1)>",
		 "&lt;/title&gt;&lt;img src=x onerror=alert(1)&gt;"},
		{"\" onload=\"alert(1)", "&quot; onload=&quot;alert(1)"},
		{"' onload='alert(1)", "&#39; onload=&#39;alert(1)"},
		{"--><svg/onload=alert(1)>", "--&gt;&lt;svg/onload=alert(1)&gt;"},
		{"&lt;b&gt;", "&amp;lt;b&amp;gt;"},
		{"&#60;b>", "&amp;#60;b&gt;"},
		{"<!--", "&lt;!--"},
		{"]]>", "]]&gt;"},
		{"%s%n {{7*7}} ${7*7}", "%s%n {{7*7}} ${7*7}"},
		{"＜script＞", "＜script＞"},
		{"👩‍👩‍👧 🏳️‍🌈", "👩‍👩‍👧 🏳️‍🌈"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_line(names[i][0], strlen(names[i][0]), names[i][1]);
}

static void a_text_is_one_line(void **state)
{
	static const char *const texts[][2] = {
		{"a\nb", "a b"},
		{" \t\r\n a \xE2\x80\xA8\xC2\xA0 b \xE3\x80\x80", "a b"},
		{"\n\n", ""},
		{"a\xC2\x85"
		 "b",
		 "a b"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_line(texts[i][0], strlen(texts[i][0]), texts[i][1]);
}

static void hiding_and_reordering_characters_are_left_out(void **state)
{
	(void)state;
	/* U+202E and U+2066 to U+2069, U+200F, U+061C */
	assert_line("a\xE2\x80\xAE"
		    "b\xE2\x81\xA6\xE2\x81\xA7\xE2\x81\xA8\xE2\x81\xA9\xE2\x80\x8F\xD8\x9C"
		    "c",
		    23, "abc");
	/* NUL, U+0001, U+007F, U+009F, U+FFFE, U+FDD0 */
	assert_line("a\0\x01\x7F\xC2\x9F\xEF\xBF\xBE\xEF\xB7\x90"
		    "b",
		    13, "ab");
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
	(void)state;
	assert_line("\xFFz\xC3", 3, "\xEF\xBF\xBDz\xEF\xBF\xBD");
	/* an overlong <, and a surrogate */
	assert_line("\xC0\xBC", 2, "\xEF\xBF\xBD\xEF\xBF\xBD");
	assert_line("\xED\xA0\x80", 3, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_becomes_text),
		cmocka_unit_test(a_text_is_one_line),
		cmocka_unit_test(hiding_and_reordering_characters_are_left_out),
		cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
