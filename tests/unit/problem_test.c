/* problem_test.c - each problem has one status and code; any other error is a bug. */
#include "unit.h"

#include <limits.h>

#include "base/err.h"
#include "web/problem.h"

static const enum problem problems[] = {
#define VALUE(constant, status, code, detail) constant,
	PROBLEM_TABLE(VALUE)
#undef VALUE
};

static void each_problem_has_the_values_of_the_table(void **state)
{
	(void)state;
#define CHECK(constant, status, code, detail)                                                      \
	assert_int_equal(problem_of(constant), constant);                                          \
	assert_int_equal(problem_status(constant), status);                                        \
	assert_string_equal(problem_code(constant), code);                                         \
	assert_string_equal(problem_detail(constant), detail);
	PROBLEM_TABLE(CHECK)
#undef CHECK
}

static void codes_are_distinct_and_statuses_are_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(problems); i++) {
		assert_in_range(problem_status(problems[i]), 400, 599);
		assert_true(strlen(problem_detail(problems[i])) > 0);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(problem_code(problems[i]),
						problem_code(problems[j]));
	}
}

static void some_values_of_the_contract_are_fixed(void **state)
{
	(void)state;
	assert_int_equal(problem_status(PROBLEM_JSON_MALFORMED), 400);
	assert_int_equal(problem_status(PROBLEM_TOKEN_INVALID), 401);
	assert_int_equal(problem_status(PROBLEM_NOT_FOUND), 404);
	assert_int_equal(problem_status(PROBLEM_UNAVAILABLE), 503);
	assert_string_equal(problem_code(PROBLEM_READ_STALE), "read_stale");
}

static void some_errors_are_problems_and_all_others_are_bugs(void **state)
{
	const int bugs[] = {INT_MIN,
			    INT_MAX,
			    -1,
			    0,
			    1,
			    PROBLEM_BASE_,
			    PROBLEM_END_,
			    ERR_INVALID,
			    ERR_CONDITION,
			    ERR_CONFLICT,
			    ERR_DENIED,
			    ERR_INTERNAL};

	(void)state;
	assert_int_equal(problem_of(ERR_NOT_FOUND), PROBLEM_NOT_FOUND);
	assert_int_equal(problem_of(ERR_REFERENCE), PROBLEM_NOT_FOUND);
	assert_int_equal(problem_of(ERR_UNAVAILABLE), PROBLEM_UNAVAILABLE);
	assert_int_equal(problem_of(ERR_OVERLOADED), PROBLEM_OVERLOADED);
	assert_int_equal(problem_of(ERR_NO_MEMORY), PROBLEM_NO_MEMORY);
	for (size_t i = 0; i < COUNT(bugs); i++)
		assert_int_equal(problem_of(bugs[i]), PROBLEM_INTERNAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_problem_has_the_values_of_the_table),
		cmocka_unit_test(codes_are_distinct_and_statuses_are_errors),
		cmocka_unit_test(some_values_of_the_contract_are_fixed),
		cmocka_unit_test(some_errors_are_problems_and_all_others_are_bugs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
