/* handle_test.c - which texts are handles. */
#include "base/handle.h"

#include "limit.h"
#include "unit.h"

static void length_is_limited(void **state)
{
	char text[LIMIT_HANDLE_MAX + 1];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t len = 0; len <= sizeof(text); len++)
		assert_int_equal(handle_valid((struct slice){text, len}),
				 len >= LIMIT_HANDLE_MIN && len <= LIMIT_HANDLE_MAX);
}

static void characters_are_letters_digits_and_underscore(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		const char text[] = {'a', (char)c, 'b'};
		bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '_';

		assert_int_equal(handle_valid((struct slice){text, sizeof(text)}), good);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(length_is_limited),
		cmocka_unit_test(characters_are_letters_digits_and_underscore),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
