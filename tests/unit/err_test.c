/* err_test.c - each error has its one status and code, anything else is our own fault. */
#include "unit.h"

#include <limits.h>

#include "base/err.h"

static const int errors[] = {
#define NAME(name, status, code, title) name,
	ERR_TABLE(NAME)
#undef NAME
};

static void each_has_its_own_problem(void **state)
{
	(void)state;
#define CHECK(name, status, code, title)                                                           \
	assert_true(name < 0);                                                                     \
	assert_int_equal(err_status(name), status);                                                \
	assert_string_equal(err_code(name), code);                                                 \
	assert_string_equal(err_title(name), title);
	ERR_TABLE(CHECK)
#undef CHECK
}

static void codes_are_distinct_and_statuses_are_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(errors); i++) {
		assert_in_range(err_status(errors[i]), 400, 599);
		assert_true(strlen(err_title(errors[i])) > 0);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(err_code(errors[i]), err_code(errors[j]));
	}
}

static void the_contract_of_some(void **state)
{
	(void)state;
	assert_int_equal(err_status(ERR_JSON_MALFORMED), 400);
	assert_int_equal(err_status(ERR_TOKEN_INVALID), 401);
	assert_int_equal(err_status(ERR_NOT_FOUND), 404);
	assert_int_equal(err_status(ERR_UNAVAILABLE), 503);
	assert_string_equal(err_code(ERR_READ_STALE), "read_stale");
}

static void anything_else_is_internal(void **state)
{
	const int others[] = {
		INT_MIN, INT_MAX, -1, 0, 1, ERR_BASE_, ERR_BASE_ - 1, errors[COUNT(errors) - 1] + 1,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		assert_int_equal(err_status(others[i]), 500);
		assert_string_equal(err_code(others[i]), "internal");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_its_own_problem),
		cmocka_unit_test(codes_are_distinct_and_statuses_are_errors),
		cmocka_unit_test(the_contract_of_some),
		cmocka_unit_test(anything_else_is_internal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
