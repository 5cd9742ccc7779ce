/* hex_test.c - hexadecimal digits are read in either case and written in lower case. */
#include "unit.h"

#include <stdio.h>

#include "base/hex.h"

static void each_byte_has_its_digits(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		const unsigned char byte = (unsigned char)i;
		char digits[4] = "..!";
		char want[4];

		snprintf(want, sizeof(want), "%02x!", (unsigned)i);
		assert_ptr_equal(hex_write(&byte, 1, digits), digits + 2);
		assert_string_equal(digits, want);
		assert_int_equal(hex_value(digits[0]) << 4 | hex_value(digits[1]), i);
	}
}

static void only_digits_have_a_value(void **state)
{
	static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";

	(void)state;
	for (int c = 1; c < 256; c++) {
		const char *digit = strchr(lower, c);

		if (!digit && strchr(upper, c))
			digit = lower + (strchr(upper, c) - upper);
		assert_int_equal(hex_value((char)c), digit ? digit - lower : -1);
	}
	assert_int_equal(hex_value('\0'), -1);
}

static void several_bytes_follow_each_other(void **state)
{
	char digits[8];

	(void)state;
	*hex_write((const unsigned char[]){0x00, 0x9A, 0xFF}, 3, digits) = '\0';
	assert_string_equal(digits, "009aff");
	assert_ptr_equal(hex_write(NULL, 0, digits), digits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_byte_has_its_digits),
		cmocka_unit_test(only_digits_have_a_value),
		cmocka_unit_test(several_bytes_follow_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
