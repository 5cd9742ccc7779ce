/* err_test.c - each error of the machine has its own value and name. */
#include "unit.h"

#include <limits.h>

#include "base/err.h"

static const int errors[] = {
#define VALUE(constant, name) constant,
	ERR_TABLE(VALUE)
#undef VALUE
};

static void values_are_negative_and_names_distinct(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(errors); i++) {
		assert_true(errors[i] < -1);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(err_name(errors[i]), err_name(errors[j]));
	}
	assert_string_equal(err_name(ERR_NOT_FOUND), "not_found");
	assert_string_equal(err_name(ERR_CONFLICT), "conflict");
}

static void any_other_value_is_internal(void **state)
{
	const int others[] = {INT_MIN, INT_MAX, -1, 0, 1, ERR_BASE_, ERR_BASE_ - 1, ERR_END_};

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++)
		assert_string_equal(err_name(others[i]), "internal");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_negative_and_names_distinct),
		cmocka_unit_test(any_other_value_is_internal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
