/* rate_test.c - requests of a person in a second, counted by several processes. */
#include "folder.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "run/rate.h"

#define NOW_S 1700000000

static int teardown(void **state)
{
	(void)state;
	return folder_remove((const char *const[]){".people", NULL});
}

static struct rate *open_ours(void)
{
	struct rate *rate = NULL;

	assert_int_equal(rate_open(folder, &rate), 0);
	assert_non_null(rate);
	return rate;
}

static void the_first_requests_of_a_second_pass(void **state)
{
	struct rate *rate = open_ours();

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_true(rate_take(rate, "ann", 5, NOW_S));
	assert_false(rate_take(rate, "ann", 5, NOW_S));
	assert_true(rate_take(rate, "ben", 5, NOW_S));
	assert_true(rate_take(rate, "ann", 5, NOW_S + 1));
	rate_close(rate);
	rate_close(NULL);
}

static void a_limit_above_the_counter_holds(void **state)
{
	struct rate *rate = open_ours();
	unsigned passed = 0;

	(void)state;
	for (unsigned i = 0; i < 70000; i++)
		passed += rate_take(rate, "cat", 60000, NOW_S);
	assert_int_equal(passed, 60000);
	rate_close(rate);
}

static void all_processes_count_together(void **state)
{
	enum { PROCESSES = 4, REQUESTS = 1000, MOST = 2500 };
	struct rate *rate = open_ours();
	int ends[2];
	int passed = 0;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() == 0) {
			struct rate *own = NULL;
			int taken = 0;

			if (rate_open(folder, &own) < 0)
				_exit(1);
			for (int j = 0; j < REQUESTS; j++)
				taken += rate_take(own, "dan", MOST, NOW_S);
			_exit(write(ends[1], &taken, sizeof(taken)) != sizeof(taken));
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status, taken;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
		assert_int_equal(read(ends[0], &taken, sizeof(taken)), sizeof(taken));
		passed += taken;
	}
	assert_int_equal(passed, MOST);
	close(ends[0]);
	close(ends[1]);
	rate_close(rate);
}

static void a_crowd_locks_nobody_out(void **state)
{
	struct rate *rate = open_ours();

	(void)state;
	for (int i = 0; i < 300000; i++) {
		char person[16];

		snprintf(person, sizeof(person), "p%d", i);
		rate_take(rate, person, 1, NOW_S);
	}
	assert_true(rate_take(rate, "one more", 1, NOW_S));
	rate_close(rate);
}

static void no_folder_is_an_error(void **state)
{
	struct rate *rate = NULL;

	(void)state;
	assert_int_equal(rate_open("/nonexistent", &rate), ERR_UNAVAILABLE);
	assert_null(rate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_requests_of_a_second_pass, folder_make,
						teardown),
		cmocka_unit_test_setup_teardown(a_limit_above_the_counter_holds, folder_make,
						teardown),
		cmocka_unit_test_setup_teardown(all_processes_count_together, folder_make,
						teardown),
		cmocka_unit_test_setup_teardown(a_crowd_locks_nobody_out, folder_make, teardown),
		cmocka_unit_test(no_folder_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
