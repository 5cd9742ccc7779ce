/* env_test.c - an empty variable counts as one that is not set. */
#include "unit.h"

#include "base/env.h"

static void an_empty_variable_is_not_set(void **state)
{
	(void)state;
	setenv("CRUDDUR_TEST", "value", 1);
	assert_string_equal(env_get("CRUDDUR_TEST"), "value");
	setenv("CRUDDUR_TEST", " ", 1);
	assert_string_equal(env_get("CRUDDUR_TEST"), " ");
	setenv("CRUDDUR_TEST", "", 1);
	assert_null(env_get("CRUDDUR_TEST"));
	unsetenv("CRUDDUR_TEST");
	assert_null(env_get("CRUDDUR_TEST"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_variable_is_not_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
