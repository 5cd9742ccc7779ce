/* scaling_test.c - when a pool grows, when it does not, and when it shrinks. */
#include "unit.h"

#include "run/scaling.h"

#define IDLE_MS 60000
#define ROOM	40

static struct scaling scaling;
static struct scaling_sample sample;
static struct note reason;

static void begin(int min, int max, unsigned needs, int size)
{
	scaling = (struct scaling){0};
	sample = (struct scaling_sample){.now_ms = 1000000, .running = size};
	scaling_init(&scaling, min, max, needs, size, sample.now_ms);
}

/* Look again `ms` later. Workers that were started run by then. */
static int after(int64_t ms)
{
	int step;

	sample.now_ms += ms;
	step = scaling_step(&scaling, &sample, IDLE_MS, ROOM, &reason);
	sample.running = scaling.size;
	return step;
}

/* All workers are busy, and requests wait. */
static void fill_up(void)
{
	sample.busy = sample.running;
	sample.waiting = true;
}

static void a_pool_without_workers_starts_one_at_once(void **state)
{
	(void)state;
	begin(0, 4, NEEDS_DB, 0);
	assert_int_equal(after(0), 0);
	sample.waiting = true;
	assert_int_equal(after(0), 1);
	assert_string_equal(reason.text, "a request waits and no worker runs");
	assert_int_equal(after(SCALING_SAMPLE_MS), 0);
}

static void a_pool_doubles_while_requests_wait_and_calls_succeed(void **state)
{
	static const int steps[] = {1, 2, 4, 5, 0};

	(void)state;
	begin(1, 13, NEEDS_DB | NEEDS_DYNAMODB, 1);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int step = 0;

		fill_up();
		for (int looks = 0; looks < 3 && step == 0; looks++) {
			sample.counts.ok[DEP_DYNAMODB]++;
			step = after(SCALING_SAMPLE_MS);
		}
		assert_int_equal(step, steps[i]);
		if (step)
			assert_non_null(strstr(reason.text, "requests wait and all"));
	}
	assert_int_equal(scaling.size, 13);
}

static void the_first_step_is_taken_within_250_ms(void **state)
{
	(void)state;
	begin(1, 4, NEEDS_DB, 1);
	fill_up();
	assert_int_equal(after(SCALING_SAMPLE_MS), 0);
	sample.counts.ok[DEP_DB]++;
	assert_int_equal(after(SCALING_SAMPLE_MS), 1);
}

static void a_pool_does_not_grow_while_a_worker_is_free_or_starts(void **state)
{
	(void)state;
	begin(2, 8, NEEDS_DB, 2);
	for (int i = 0; i < 10; i++) {
		sample.waiting = true;
		sample.busy = 1;
		sample.counts.ok[DEP_DB]++;
		assert_int_equal(after(SCALING_SAMPLE_MS), 0);
	}
	scaling.stepped_ms = sample.now_ms;
	sample.running = 1;
	sample.busy = 1;
	assert_int_equal(after(SCALING_SAMPLE_MS), 0);
	/* one that does not start is not waited for */
	sample.running = 1;
	assert_int_equal(after(SCALING_START_MS), 2);
}

static void a_pool_does_not_grow_while_its_dependency_does_not_answer(void **state)
{
	(void)state;
	begin(1, 8, NEEDS_DB | NEEDS_DYNAMODB, 1);
	for (int i = 0; i < 100; i++) {
		fill_up();
		sample.counts.ok[DEP_DB]++; /* PostgreSQL is asked first, and answers */
		assert_int_equal(after(SCALING_SAMPLE_MS), 0);
	}
	assert_int_equal(scaling.size, 1);
	sample.counts.ok[DEP_DYNAMODB]++;
	assert_int_equal(after(SCALING_SAMPLE_MS), 1);
}

static void a_pool_does_not_grow_while_its_dependency_fails(void **state)
{
	static const char said[] = "requests wait, but a dependency fails";
	int told = 0;

	(void)state;
	begin(1, 8, NEEDS_DB | NEEDS_DYNAMODB, 1);
	for (int i = 0; i < 100; i++) {
		fill_up();
		sample.counts.answered++;
		sample.counts.failed[DEP_DYNAMODB]++;
		assert_int_equal(after(SCALING_SAMPLE_MS), 0);
		told += strcmp(reason.text, said) == 0;
	}
	assert_int_equal(told, 1);
	for (int i = 0; i < 100; i++) {
		fill_up();
		sample.counts.answered++;
		sample.counts.breaker++;
		assert_int_equal(after(SCALING_SAMPLE_MS), 0);
	}
	/* it recovers while requests still wait */
	for (int i = 0; i < 100 && scaling.size == 1; i++) {
		fill_up();
		sample.counts.ok[DEP_DYNAMODB]++;
		after(SCALING_SAMPLE_MS);
	}
	assert_int_equal(scaling.size, 2);
}

static void a_pool_keeps_to_the_limit_of_connections(void **state)
{
	(void)state;
	begin(4, 16, NEEDS_DB, 4);
	fill_up();
	after(SCALING_SAMPLE_MS);
	sample.counts.ok[DEP_DB]++;
	sample.now_ms += SCALING_SAMPLE_MS;
	assert_int_equal(scaling_step(&scaling, &sample, IDLE_MS, 1, &reason), 1);
	sample.running = 5;
	fill_up();
	sample.counts.ok[DEP_DB]++;
	sample.now_ms += SCALING_SAMPLE_MS;
	assert_int_equal(scaling_step(&scaling, &sample, IDLE_MS, 0, &reason), 0);
	assert_non_null(strstr(reason.text, "CRUDDUR_CONNECTIONS"));

	begin(0, 4, NEEDS_DB, 0);
	sample.waiting = true;
	assert_int_equal(scaling_step(&scaling, &sample, IDLE_MS, 0, &reason), 0);
	assert_int_equal(scaling_step(&scaling, &sample, IDLE_MS, 1, &reason), 1);
}

static void workers_that_were_not_needed_for_the_idle_time_end(void **state)
{
	(void)state;
	begin(1, 8, NEEDS_DB, 6);
	sample.busy = 3;
	assert_int_equal(after(1000), 0);
	sample.busy = 0;
	assert_int_equal(after(IDLE_MS - 1001), 0);
	assert_int_equal(scaling_next_end_ms(&scaling, IDLE_MS), sample.now_ms + 1);
	assert_int_equal(after(1), -3);
	assert_string_equal(reason.text, "at most 3 workers were busy for 60 s");
	assert_int_equal(after(1000), -2);
	assert_int_equal(scaling.size, 1);
	assert_int_equal(scaling_next_end_ms(&scaling, IDLE_MS), INT64_MAX);
	assert_int_equal(after(IDLE_MS), 0);

	begin(0, 4, NEEDS_DB, 1);
	assert_int_equal(after(IDLE_MS), -1);
	assert_int_equal(scaling.size, 0);
}

static void workers_that_others_started_count_after_a_while(void **state)
{
	(void)state;
	begin(0, 4, NEEDS_DB, 1);
	assert_int_equal(after(IDLE_MS), -1);
	sample.running = 1; /* it still ends */
	assert_int_equal(after(SCALING_SAMPLE_MS), 0);
	assert_int_equal(scaling.size, 0);
	sample.running = 1;
	assert_int_equal(after(SCALING_ADOPT_MS), 0);
	assert_int_equal(scaling.size, 1);
	assert_int_equal(after(IDLE_MS), -1);
}

static void the_size_is_kept_within_the_range(void **state)
{
	(void)state;
	begin(2, 4, 0, 9);
	assert_int_equal(scaling.size, 4);
	begin(2, 4, 0, 0);
	assert_int_equal(scaling.size, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pool_without_workers_starts_one_at_once),
		cmocka_unit_test(a_pool_doubles_while_requests_wait_and_calls_succeed),
		cmocka_unit_test(the_first_step_is_taken_within_250_ms),
		cmocka_unit_test(a_pool_does_not_grow_while_a_worker_is_free_or_starts),
		cmocka_unit_test(a_pool_does_not_grow_while_its_dependency_does_not_answer),
		cmocka_unit_test(a_pool_does_not_grow_while_its_dependency_fails),
		cmocka_unit_test(a_pool_keeps_to_the_limit_of_connections),
		cmocka_unit_test(workers_that_were_not_needed_for_the_idle_time_end),
		cmocka_unit_test(workers_that_others_started_count_after_a_while),
		cmocka_unit_test(the_size_is_kept_within_the_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
