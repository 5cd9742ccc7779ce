/* recent_test.c - things that happened a moment ago, seen by several processes. */
#include "folder.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "run/recent.h"

#define NOW_MS 123456789

static int teardown(void **state)
{
	(void)state;
	return folder_remove((const char *const[]){".recent", NULL});
}

static struct recent *open_ours(void)
{
	struct recent *recent = NULL;

	assert_int_equal(recent_open(folder, &recent), 0);
	assert_non_null(recent);
	return recent;
}

static void a_thing_happens_once_in_its_window(void **state)
{
	struct recent *recent = open_ours();

	(void)state;
	assert_true(recent_take(recent, SLICE("ann"), 2000, NOW_MS));
	assert_false(recent_take(recent, SLICE("ann"), 2000, NOW_MS));
	assert_false(recent_take(recent, SLICE("ann"), 2000, NOW_MS + 1999));
	assert_true(recent_take(recent, SLICE("ben"), 2000, NOW_MS + 1999));
	assert_true(recent_take(recent, SLICE("ann"), 2000, NOW_MS + 2000));
	/* Only one that happened begins a window. */
	assert_false(recent_take(recent, SLICE("ann"), 2000, NOW_MS + 3999));
	assert_true(recent_take(recent, SLICE("ann"), 2000, NOW_MS + 4000));
	recent_close(recent);
	recent_close(NULL);
}

static void all_processes_see_it(void **state)
{
	struct recent *recent = open_ours();
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		struct recent *own = NULL;

		_exit(recent_open(folder, &own) < 0 ||
		      !recent_take(own, SLICE("ann"), 2000, NOW_MS));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_false(recent_take(recent, SLICE("ann"), 2000, NOW_MS + 5));
	recent_close(recent);
}

static void without_a_folder_there_is_no_file(void **state)
{
	struct recent *recent = NULL;

	(void)state;
	assert_int_equal(recent_open("/nonexistent", &recent), ERR_UNAVAILABLE);
	assert_null(recent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_thing_happens_once_in_its_window, folder_make,
						teardown),
		cmocka_unit_test_setup_teardown(all_processes_see_it, folder_make, teardown),
		cmocka_unit_test_setup_teardown(without_a_folder_there_is_no_file, folder_make,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
