/* slice_test.c - cutting, comparing and reading borrowed strings. */
#include "base/slice.h"

#include "unit.h"

static void assert_slice(struct slice have, const char *want)
{
	assert_true(slice_is(have, want));
}

static void cut_at_the_first_separator(void **state)
{
	struct slice text = SLICE("a,,b");

	(void)state;
	assert_slice(slice_cut(&text, ','), "a");
	assert_slice(text, ",b");
	assert_slice(slice_cut(&text, ','), "");
	assert_slice(slice_cut(&text, ','), "b");
	assert_slice(text, "");
	assert_slice(slice_cut(&text, ','), "");
}

static void cut_of_an_empty_slice(void **state)
{
	struct slice text = {NULL, 0};

	(void)state;
	assert_slice(slice_cut(&text, ','), "");
	assert_slice(text, "");
}

static void trim_removes_blanks_and_tabs(void **state)
{
	(void)state;
	assert_slice(slice_trim(SLICE(" \t a b \t")), "a b");
	assert_slice(slice_trim(SLICE(" \t ")), "");
	assert_slice(slice_trim(SLICE("\na\r")), "\na\r");
	assert_slice(slice_trim((struct slice){NULL, 0}), "");
}

static void white_space_is_four_characters(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++)
		assert_int_equal(slice_is_space((char)c),
				 c == ' ' || c == '\t' || c == '\r' || c == '\n');
}

static void equality(void **state)
{
	(void)state;
	assert_true(slice_equal((struct slice){NULL, 0}, SLICE("")));
	assert_false(slice_equal(SLICE("a"), SLICE("ab")));
	assert_false(slice_is(SLICE("a\0b"), "a"));
	assert_true(slice_is_caseless(SLICE("BeArEr"), "bearer"));
	assert_false(slice_is_caseless(SLICE("bearer "), "bearer"));
	assert_false(slice_is_caseless(SLICE("[x"), "{x")); /* they differ by the case bit */
	assert_true(slice_begins(SLICE("cursor=x"), "cursor="));
	assert_false(slice_begins(SLICE("curs"), "cursor="));
	assert_false(slice_begins(SLICE("limit=x"), "cursor="));
	assert_false(slice_begins(SLICE("limit=longer"), "cursor="));
}

static void numbers(void **state)
{
	static const struct {
		const char *text;
		unsigned base;
		uint64_t max, value;
	} good[] = {
		{"0", 10, 0, 0},
		{"007", 10, 7, 7},
		{"18446744073709551615", 10, UINT64_MAX, UINT64_MAX},
		{"fF", 16, 255, 255},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		uint64_t value = 1234;

		assert_true(
			slice_number(slice_of(good[i].text), good[i].base, good[i].max, &value));
		assert_int_equal(value, good[i].value);
	}
}

static void no_numbers(void **state)
{
	static const struct {
		const char *text;
		unsigned base;
		uint64_t max;
	} bad[] = {
		{"", 10, 9},
		{"8", 10, 7},
		{"+1", 10, 9},
		{"-1", 10, 9},
		{" 1", 10, 9},
		{"1 ", 10, 9},
		{"a", 10, 99},
		{"0x1", 16, 99},
		{"g", 16, 99},
		{"100", 16, 99},
		{"18446744073709551616", 10, UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		uint64_t value = 1234;

		assert_false(slice_number(slice_of(bad[i].text), bad[i].base, bad[i].max, &value));
		assert_int_equal(value, 1234);
	}
}

static void copy_needs_space_for_the_nul(void **state)
{
	char to[4] = "xyz";

	(void)state;
	assert_false(slice_copy(SLICE("four"), to, sizeof(to)));
	assert_string_equal(to, "xyz");
	assert_true(slice_copy(SLICE("abc"), to, sizeof(to)));
	assert_string_equal(to, "abc");
	assert_true(slice_copy((struct slice){NULL, 0}, to, sizeof(to)));
	assert_string_equal(to, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_at_the_first_separator),
		cmocka_unit_test(cut_of_an_empty_slice),
		cmocka_unit_test(trim_removes_blanks_and_tabs),
		cmocka_unit_test(white_space_is_four_characters),
		cmocka_unit_test(equality),
		cmocka_unit_test(numbers),
		cmocka_unit_test(no_numbers),
		cmocka_unit_test(copy_needs_space_for_the_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
