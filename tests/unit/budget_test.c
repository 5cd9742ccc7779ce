/* budget_test.c - the time budget of a request, and the circuit breakers. */
#include "unit.h"

#include "base/clock.h"
#include "base/err.h"
#include "run/budget.h"

#define AN_HOUR_MS 3600000

static void a_timeout_is_limited_by_the_time_left(void **state)
{
	struct budget budget = {0};
	int64_t timeout_ms;

	(void)state;
	budget_start(&budget, AN_HOUR_MS);
	assert_in_range(budget_left_ms(&budget), 1, AN_HOUR_MS);
	assert_int_equal(budget_allow(&budget, DEP_DB, 100, &timeout_ms), 0);
	assert_int_equal(timeout_ms, 100);
	assert_int_equal(budget_allow(&budget, DEP_DB, 0, &timeout_ms), 0);
	assert_int_equal(timeout_ms, 1);
	assert_int_equal(budget_allow(&budget, DEP_DB, INT64_MAX, &timeout_ms), 0);
	assert_in_range(timeout_ms, 1, AN_HOUR_MS);
}

static void without_time_left_a_call_is_refused(void **state)
{
	struct budget budget = {0};
	int64_t timeout_ms = 7;

	(void)state;
	budget_start(&budget, -5);
	assert_int_equal(budget_left_ms(&budget), 0);
	assert_int_equal(budget_allow(&budget, DEP_DYNAMODB, 100, &timeout_ms), ERR_OVERLOADED);
	assert_int_equal(timeout_ms, 7);
}

static void calls_are_counted_per_dependency(void **state)
{
	struct budget budget = {0};

	(void)state;
	budget_start(&budget, AN_HOUR_MS);
	budget_record(&budget, OPERATION_QUERY, clock_monotonic_us() - 5000, true);
	budget_record(&budget, OPERATION_QUERY, clock_monotonic_us() - 1000, true);
	assert_int_equal(budget.deps[DEP_DYNAMODB].calls, 2);
	assert_true(budget.deps[DEP_DYNAMODB].spent_us >= 6000);
	assert_int_equal(budget.deps[DEP_DB].calls, 0);
	assert_int_equal(budget.deps[DEP_DB].spent_us, 0);

	budget_start(&budget, AN_HOUR_MS);
	assert_int_equal(budget.deps[DEP_DYNAMODB].calls, 0);
	assert_int_equal(budget.deps[DEP_DYNAMODB].spent_us, 0);
}

static void book(struct budget *budget, bool ok)
{
	budget_record(budget, OPERATION_USERS_PING, clock_monotonic_us(), ok);
}

static void repeated_failures_open_the_breaker_across_requests(void **state)
{
	struct budget budget = {0};
	int64_t before_ms, timeout_ms;

	(void)state;
	budget_start(&budget, AN_HOUR_MS);
	for (int i = 1; i < BREAKER_FAILURES; i++) {
		book(&budget, false);
		assert_int_equal(budget_allow(&budget, DEP_DB, 100, &timeout_ms), 0);
	}

	/* The failure that opens the breaker happens in a later request. */
	budget_start(&budget, AN_HOUR_MS);
	before_ms = clock_monotonic_ms();
	book(&budget, false);
	assert_true(budget.deps[DEP_DB].open_until_ms >= before_ms + BREAKER_OPEN_MS);

	/* Keep it open long enough for a slow machine. */
	budget.deps[DEP_DB].open_until_ms += AN_HOUR_MS;
	budget_start(&budget, AN_HOUR_MS);
	assert_int_equal(budget_allow(&budget, DEP_DB, 100, &timeout_ms), ERR_UNAVAILABLE);
	assert_int_equal(budget_allow(&budget, DEP_COGNITO, 100, &timeout_ms), 0);
}

static void after_the_pause_one_call_decides(void **state)
{
	struct budget budget = {0};
	int64_t before_ms, timeout_ms;

	(void)state;
	budget_start(&budget, AN_HOUR_MS);
	for (int i = 0; i < BREAKER_FAILURES; i++)
		book(&budget, false);

	/* After the pause one call is allowed; its failure starts the pause again. */
	budget.deps[DEP_DB].open_until_ms = clock_monotonic_ms() - 1;
	assert_int_equal(budget_allow(&budget, DEP_DB, 100, &timeout_ms), 0);
	before_ms = clock_monotonic_ms();
	book(&budget, false);
	assert_true(budget.deps[DEP_DB].open_until_ms >= before_ms + BREAKER_OPEN_MS);

	/* After a success the breaker opens only after the full number of failures. */
	budget.deps[DEP_DB].open_until_ms = clock_monotonic_ms() - 1;
	book(&budget, true);
	for (int i = 1; i < BREAKER_FAILURES; i++)
		book(&budget, false);
	assert_int_equal(budget_allow(&budget, DEP_DB, 100, &timeout_ms), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_timeout_is_limited_by_the_time_left),
		cmocka_unit_test(without_time_left_a_call_is_refused),
		cmocka_unit_test(calls_are_counted_per_dependency),
		cmocka_unit_test(repeated_failures_open_the_breaker_across_requests),
		cmocka_unit_test(after_the_pause_one_call_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
