/* percent_test.c - percent-encoded text is decoded exactly, or refused; text is encoded. */
#include "unit.h"

#include "base/err.h"
#include "base/percent.h"

static void assert_decoded(const char *text, bool plus, const char *expected)
{
	size_t text_len = strlen(text), len = 0;
	char *to = malloc(text_len + 1);

	assert_non_null(to);
	assert_int_equal(percent_decode(slice_of(text), plus, to, &len), 0);
	assert_true(slice_is((struct slice){to, len}, expected));
	free(to);
}

static void escapes_of_either_case_are_decoded(void **state)
{
	(void)state;
	assert_decoded("", false, "");
	assert_decoded("plain", false, "plain");
	assert_decoded("%41%c3%A9%2F%25", false, "Aé/%");
	assert_decoded("a+b%2B", true, "a b+");
	assert_decoded("a+b", false, "a+b");
}

static void anything_else_is_refused(void **state)
{
	static const char *const bad[] = {"%",	    "%4",	 "a%4",		"%4g", "%g4",
					  "%%41",   "%00",	 "a%00b",	"%ff", "%C3",
					  "%c0%80", "%ed%a0%80", "%f4%90%80%80"};
	char to[32];
	size_t len = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(percent_decode(slice_of(bad[i]), true, to, &len), ERR_INVALID);
	assert_int_equal(percent_decode((struct slice){"a\0", 2}, true, to, &len), ERR_INVALID);
	assert_int_equal(len, 7);
}

static void everything_but_unreserved_characters_is_encoded(void **state)
{
	buf_auto to = BUF_INIT(64);

	(void)state;
	percent_encode(&to, SLICE("aZ09-._~"));
	assert_string_equal(to.data, "aZ09-._~");
	buf_reset(&to);
	percent_encode(&to, (struct slice){"a b&c=d+\0/%\xc3\xa9", 13});
	assert_string_equal(to.data, "a%20b%26c%3Dd%2B%00%2F%25%C3%A9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_of_either_case_are_decoded),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(everything_but_unreserved_characters_is_encoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
