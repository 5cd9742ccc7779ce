/* tuning_test.c - settings that change while workers run. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "run/tuning.h"

static char folder[64], file[96];

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/cruddur-tuning-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(file, sizeof(file), "%s/.tuning", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(file);
	return rmdir(folder);
}

/* Write a setting as bin/pool does. */
static void set(off_t offset, uint64_t value)
{
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, &value, sizeof(value), offset), sizeof(value));
	close(fd);
}

static void nothing_is_set_at_first(void **state)
{
	struct tuning *tuning = NULL;

	(void)state;
	assert_int_equal(tuning_open(folder, &tuning), 0);
	assert_int_equal(tuning_log_level(tuning, LOG_WARN), LOG_WARN);
	assert_int_equal(tuning_slow_ms(tuning, 1000), 1000);
	tuning_close(tuning);
	assert_int_equal(tuning_log_level(NULL, LOG_INFO), LOG_INFO);
	assert_int_equal(tuning_slow_ms(NULL, 7), 7);
	tuning_close(NULL);
}

static void a_change_is_seen_at_once_and_by_later_workers(void **state)
{
	struct tuning *tuning = NULL, *later = NULL;

	(void)state;
	assert_int_equal(tuning_open(folder, &tuning), 0);
	set(0, 1 + LOG_DEBUG);
	set(8, 1 + 0);
	assert_int_equal(tuning_log_level(tuning, LOG_WARN), LOG_DEBUG);
	assert_int_equal(tuning_slow_ms(tuning, 1000), 0);
	set(0, 1 + LOG_ERROR);
	assert_int_equal(tuning_open(folder, &later), 0);
	assert_int_equal(tuning_log_level(later, LOG_WARN), LOG_ERROR);
	set(0, 0);
	set(8, 0);
	assert_int_equal(tuning_log_level(tuning, LOG_WARN), LOG_WARN);
	assert_int_equal(tuning_slow_ms(later, 1000), 1000);
	tuning_close(tuning);
	tuning_close(later);
}

static void invalid_values_count_as_not_set(void **state)
{
	struct tuning *tuning = NULL;

	(void)state;
	set(0, 1 + LOG_LEVELS);
	set(8, 60002);
	assert_int_equal(tuning_open(folder, &tuning), 0);
	assert_int_equal(tuning_log_level(tuning, LOG_WARN), LOG_WARN);
	assert_int_equal(tuning_slow_ms(tuning, 1000), 1000);
	tuning_close(tuning);
}

static void a_missing_folder_is_an_error(void **state)
{
	struct tuning *tuning = NULL;

	(void)state;
	assert_int_equal(tuning_open("/nowhere", &tuning), ERR_UNAVAILABLE);
	assert_null(tuning);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_set_at_first, setup, teardown),
		cmocka_unit_test_setup_teardown(a_change_is_seen_at_once_and_by_later_workers,
						setup, teardown),
		cmocka_unit_test_setup_teardown(invalid_values_count_as_not_set, setup, teardown),
		cmocka_unit_test(a_missing_folder_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
