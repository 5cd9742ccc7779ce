/* live_counters_test.c - the counters of the hub, as other processes see them. */
#include "folder.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "run/live_counters.h"

static int teardown(void **state)
{
	(void)state;
	return folder_remove((const char *const[]){".live", NULL});
}

static void without_a_file_there_is_nothing_to_read(void **state)
{
	struct live_counters seen;
	bool running;

	(void)state;
	assert_int_equal(live_counters_read(folder, &seen, &running), ERR_NOT_FOUND);
	assert_int_equal(live_counters_read("/nonexistent", &seen, &running), ERR_NOT_FOUND);
}

static void sums_outlive_the_hub_and_its_streams_do_not(void **state)
{
	struct live_counters *counters, seen;
	bool running;
	int lock;

	(void)state;
	assert_int_equal(live_counters_open(folder, &counters), 0);
	lock = live_counters_lock(folder);
	assert_true(lock >= 0);
	assert_int_equal(live_counters_lock(folder), ERR_CONFLICT);
	counters->streams = 3;
	counters->people = 2;
	counters->frames = 7;
	assert_int_equal(live_counters_read(folder, &seen, &running), 0);
	assert_true(running);
	assert_int_equal(seen.streams, 3);
	assert_int_equal(seen.frames, 7);

	close(lock);
	assert_int_equal(live_counters_read(folder, &seen, &running), 0);
	assert_false(running);
	assert_int_equal(seen.streams, 0);
	assert_int_equal(seen.people, 0);
	assert_int_equal(seen.frames, 7);
	live_counters_close(counters);
	live_counters_close(NULL);
}

static void a_killed_hub_leaves_no_lock(void **state)
{
	int status, lock;
	pid_t child = fork();

	(void)state;
	if (child == 0)
		_exit(live_counters_lock(folder) < 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	lock = live_counters_lock(folder);
	assert_true(lock >= 0);
	close(lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_a_file_there_is_nothing_to_read,
						folder_make, teardown),
		cmocka_unit_test_setup_teardown(sums_outlive_the_hub_and_its_streams_do_not,
						folder_make, teardown),
		cmocka_unit_test_setup_teardown(a_killed_hub_leaves_no_lock, folder_make, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
